"""Benchmarks: `python -m bench`. Each module of `bench.registry` has `run(options) -> Result`; see docs/benchmarks.md."""
