"""Scalar, a float that knows how it was made, and the Function of every row of the table of rules."""
