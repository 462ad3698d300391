"""Benchmarks: `python -m tests.benchmarks` prints every figure and writes bench/results.md."""
