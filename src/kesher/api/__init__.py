"""The REST door, version 1: what a key's owner may do from a program."""
