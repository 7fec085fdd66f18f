"""The table of `scipy.special`, whole: for each ufunc the partial derivatives of each of its outputs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

import numpy
from scipy import special

from minitorch.rules.scipy_special import (
    bessel_functions,
    distribution_functions,
    elementary,
    elliptic_integrals,
    gamma_functions,
    incomplete_functions,
    integrals,
    polynomials,
    statistics,
)

__all__ = ["UFUNCS", "partials_of"]

FILES: Final = (
    elementary, integrals, gamma_functions, incomplete_functions, distribution_functions, bessel_functions,
    elliptic_integrals, polynomials, statistics,
)  # fmt: skip

Partials = tuple[Callable[..., Any] | None, ...]


def ufuncs() -> dict[Any, list[Partials]]:
    """Return the partials by ufunc; which of them there are is up to the version of scipy."""
    found: dict[Any, list[Partials]] = {}
    for file in FILES:
        rows = {name: [partials] for name, partials in file.PARTIALS.items()} | file.PARTIALS_OF_SEVERAL
        for name, partials in rows.items():
            for module in (special, special._ufuncs):
                ufunc = getattr(module, name, None)
                if isinstance(ufunc, numpy.ufunc):
                    found[ufunc] = partials
    return found


def partials_of(ufunc: Any) -> list[Partials]:
    """Return for each output of a ufunc the partials by its inputs; nothing of one that is not scipy's."""
    boost: Any = sys.modules.get("scipy.stats._boost")  # where they are up to scipy 1.12
    name: str = ufunc.__name__
    if ufunc not in UFUNCS and boost is not None and getattr(boost, name, None) is ufunc:
        partials = statistics.PARTIALS.get(name)
        return [] if partials is None else [partials]
    return UFUNCS.get(ufunc, [])


UFUNCS: Final = ufuncs()
"""By ufunc: for each output the partial derivative by each input, `None` where that is not known."""
