"""Benchmarks, run by hand: `python -m tests.benchmarks`."""

REGION = "us-east-1"
