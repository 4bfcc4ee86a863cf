"""Saved rules."""
