"""Rehearsals of journeys on screen: asked for, watched, read down to a single mail."""
