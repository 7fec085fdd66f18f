"""Small programs of the kinds that Python's speed is measured by; each has a function `run` that gives its result."""
