"""All that reads journeys."""
