"""Graphs that react over time to what each contact does."""
