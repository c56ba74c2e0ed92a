"""Benchmarks, each beside its peer and its limit in one run: `python -m bench [name]`."""
