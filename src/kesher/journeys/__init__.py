"""Journeys: a graph of nodes, started by events; a run is one contact on its way through it. DESIGN.md §6."""
