"""How a message leaves: providers by channel. Knows nothing of contacts."""
