"""The planning board."""
