"""Numpy programs as users write them; each has a function `loss` of the arrays in `INPUT`."""
