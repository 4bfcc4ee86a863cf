"""Saved rules: who is in one now, how it grew, and who entered or left the ones that something listens to."""
