"""Benchmarks that anyone can run again: `python -m benchmarks plan`; docs/performance.md says what they measure."""
