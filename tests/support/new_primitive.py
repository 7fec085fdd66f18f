"""A primitive that is added to the table of rules: all that is written for it. Also a plugin of pytest, `-p`."""

import math

from minitorch.rules.rule import rule


def softplus(x: float) -> float:
    """Return log(1 + exp(x)), without overflow."""
    if x > 30:
        return x
    return math.log1p(math.exp(x))


rule("Softplus", softplus, lambda x, y: 1.0 / (1.0 + math.exp(-x)))
