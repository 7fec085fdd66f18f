"""Runs whose derivatives are looked at before they are given: zeros by rounding are said, or limits are taken."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.run_notes import RunNotes
from minitorch.autodiff.variable import Variable, value_of
from minitorch.derivatives.entries import vanishes
from minitorch.derivatives.rounded_away import rounded_away, warn_of_rounding
from minitorch.derivatives.special_points import Sides

__all__ = ["take_limits", "warn_of_zeros"]

Product = Callable[[Sequence[Any]], list[Any]]
"""Multiplies by a derivative."""


def warn_of_zeros(run: Any, notes: RunNotes, is_straight: bool) -> None:
    """Have a run warn, once, where a derivative is zero only because something was rounded.

    Args:
        run: a Linearization; its products are replaced.
        notes: its notes.
        is_straight: whether rounding was to be differentiated straight through.
    """
    # Products of a copy: those of the run itself would keep it alive.
    own = copy.copy(run)
    pending = [notes]
    run.looks_at_each = True

    def said(product: Product) -> Product:
        def multiply(vector: Sequence[Any]) -> list[Any]:
            derivatives = product(vector)
            if pending and any(map(vanishes, map(value_of, derivatives))):
                inputs: Sequence[Variable] = own.inputs
                warn_of_rounding(rounded_away(pending.pop(), inputs, own.outputs, own.since), is_straight)
            return derivatives

        return multiply

    run.vjp, run.jvp = said(own.vjp), said(own.jvp)


def take_limits(run: Any, sides: Sides) -> None:
    """Have a run give the derivatives in the limit from around its point.

    Args:
        run: a Linearization; its products are replaced.
        sides: the derivatives beside the point.
    """
    own = copy.copy(run)
    vjp, jvp = own.vjp, own.jvp
    run.looks_at_each = True
    run.vjp = lambda vector: sides.limit(vjp(vector), lambda side: side.vjp(vector))
    run.jvp = lambda vector: sides.limit(jvp(vector), lambda side: side.jvp(vector))
