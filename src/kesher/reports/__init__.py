"""Numbers across domains, read only."""
