"""Workspaces, staff, roles, keys, audit, and the work and undo entries of staff."""
