"""The roots of a x^2 + b x + c, by the formula of the textbook and by one that keeps its digits."""

import math


def textbook(a: float, b: float, c: float) -> float:
    """The root nearer to zero; where b is large it is a small difference of large numbers."""
    root = math.sqrt(b * b - 4 * a * c)
    return (-b + root) / (2 * a)


def careful(a: float, b: float, c: float) -> float:
    """The same: the other root by a sum, and this one by the product c / a of both."""
    root = math.sqrt(b * b - 4 * a * c)
    far = (-b - root) / (2 * a)
    return c / (a * far)
