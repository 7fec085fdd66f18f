"""Code that gives a callable of a library its rule, for messages: it works as it stands once its dots are filled in.

>>> import math
>>> rule_code("math.atan2", math.atan2)
'minitorch.register_function(math.atan2, lambda y, x, result: (..., ...))'
"""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any, Final

from minitorch.transformer import signature_of

__all__ = ["advice", "rule_code"]

OUTPUTS: Final = ("y", "result", "output", "value")

KINDS: Final = {
    "ma": "Masked arrays keep plain numbers only: compute with the arrays, and choose by numpy.where(mask, a, b).",
    **dict.fromkeys(
        ("matrix", "asmatrix", "bmat"),
        "A numpy.matrix computes by rules of its own: take a plain array, and @ for products of matrices.",
    ),
    **dict.fromkeys(
        ("recarray", "fromarrays", "fromrecords"), "Records keep plain numbers only: take an array for each field."
    ),
    **dict.fromkeys(
        ("frombuffer", "from_dlpack"), "A buffer keeps plain numbers only: numpy.ravel(x) has the elements of an array."
    ),
    "nested_iters": "Use one numpy.nditer in another, or numpy.ndindex.",
}
"""By what numpy calls it: why a callable has no rule and can't have one, and what to do in its place."""

POSITIONAL: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def inputs_of(callee: Any) -> list[str]:
    """Return names for the inputs that a callable has to be given; one, where it does not say.

    >>> inputs_of(pow), inputs_of(print)
    (['base', 'exp'], ['x'])
    """
    count = getattr(callee, "nin", None)
    if isinstance(count, int):
        return ["x"] if count == 1 else [f"x{n}" for n in range(1, count + 1)]
    try:
        parameters = signature_of(callee).parameters.values()
    except (TypeError, ValueError):
        return ["x"]
    return [p.name for p in parameters if p.kind in POSITIONAL and p.default is inspect.Parameter.empty] or ["x"]


def rule_code(name: str, callee: Any) -> str:
    """Return the code that registers a rule.

    Args:
        name: what the user calls the callable.
        callee: the callable; `None` where it is not known.
    """
    inputs = inputs_of(callee)
    output = next(each for each in OUTPUTS if each not in inputs)
    derivatives = "..." if len(inputs) == 1 else f"({', '.join(['...'] * len(inputs))})"
    return f"minitorch.register_function({name}, lambda {', '.join([*inputs, output])}: {derivatives})"


def of_other_kind(callee: Any) -> str | None:
    """Return what to do in place of calling what makes arrays of another kind of numpy's; `None` for all else."""
    module, name = str(getattr(callee, "__module__", "")), str(getattr(callee, "__name__", ""))
    if module.startswith("numpy.ma") and name != "asmatrix" and not module.startswith("numpy.matrixlib"):
        return KINDS["ma"]
    return KINDS.get(name) if module.partition(".")[0] == "numpy" else None


def advice(name: str, callee: Any) -> str:
    """Return what to do about a callable without a rule, with the code."""
    known = of_other_kind(callee)
    if known is not None:
        return known
    several = isinstance(callee, ModuleType) or len(inputs_of(callee)) > 1
    dots = "the dots are the derivatives by its arguments" if several else "the dots are the derivative by its argument"
    return (
        f"Give it one: {rule_code(name, callee)}, where {dots}, of each element; if elements mix, give a "
        "minitorch.TensorFunction in place of the lambda."
    )
