"""What visitors reach without signing in: tracking, unsubscribing, preferences, view in browser."""
