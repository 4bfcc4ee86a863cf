"""Questions asked of visitors, and their answers."""
