"""The signed-in screens. Each folder is one area: its views, URLs, templates and translations."""
