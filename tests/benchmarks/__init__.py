"""Measures what the rewriter costs: `python -m tests.benchmarks [NAME …] [--json]`, from the root of the project."""
