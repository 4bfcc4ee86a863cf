"""The one language of conditions: a small tree that SQL, memory and the browser read alike. DESIGN.md §4."""
