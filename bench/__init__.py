"""Benchmarks: see docs/benchmarks.md. Each module runs by `python -m bench.<name>`."""
