"""The course portal."""
