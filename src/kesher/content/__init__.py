"""Documents: trees of blocks, and the renderers that turn them into mail, pages and texts."""
