"""What replaces the functions of `scipy.integrate` in traced code.

Quadrature goes by Leibniz' rule; what is Python there, such as `trapezoid` or the steps of `solve_ivp`, is followed.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_bvp import bvp_rows
from minitorch.tracing.libraries.scipy_ode import ode_rows
from minitorch.tracing.libraries.scipy_quadrature import quadrature_rows
from minitorch.transformer import Alias

__all__ = ["rows"]


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield the rows of `scipy.integrate`."""
    integrate = importlib.import_module("scipy.integrate")
    yield from quadrature_rows(integrate, resolve)
    yield from ode_rows(integrate, resolve)
    yield from bvp_rows(integrate, resolve)
