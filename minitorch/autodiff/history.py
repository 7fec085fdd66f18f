"""How a value was made: what module 1 of the minitorch course calls a History, with the Context of a Function's run.

A Variable whose `history` is None is a constant; one whose `history.last_fn` is None is a leaf; any other one was made
by the Function `last_fn` from `inputs`. There is no global tape.

While a leaf lives, `LIVE` is up: that is what rewritten code looks at to choose its traced body.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from minitorch.autodiff.errors import BackwardError
from minitorch.transformer import Switch

if TYPE_CHECKING:
    from minitorch.autodiff.function import FunctionBase
    from minitorch.autodiff.variable import Variable

__all__ = ["LIVE", "OVER", "Context", "History", "InputHistory"]

LIVE: Final = Switch((__name__, "LIVE"))
"""Held by every leaf that is alive."""


OVER: Final = Switch((__name__, "OVER"))
"""Held by every run that has ended whose inputs are still there."""


class _Hold:
    """Takes back a hold of `LIVE` as the leaf's History goes."""

    __slots__ = ()

    # No Python code: the handler of a signal would run in it, and what that raises as an object ends is lost.
    __del__ = staticmethod(LIVE.release)


class _HoldOver:
    """Takes back a hold of `OVER` as the history of a run's inputs goes."""

    __slots__ = ()

    __del__ = staticmethod(OVER.release)


class Context:
    """What a Function's `forward` keeps for its `backward`.

    Args:
        no_grad: whether nothing will be differentiated, so that nothing need be kept.

    >>> context = Context()
    >>> context.save_for_backward(1.0, 2.0)
    >>> context.saved_values
    (1.0, 2.0)
    """

    __slots__ = ("_saved_values", "no_grad")

    def __init__(self, no_grad: bool = False) -> None:
        self.no_grad = no_grad
        self._saved_values: tuple[Any, ...] | None = None

    def save_for_backward(self, *values: Any) -> None:
        """Keep values, unless nothing will be differentiated."""
        if not self.no_grad:
            self._saved_values = values

    @property
    def saved_values(self) -> Any:
        """The values kept, as a tuple; one value alone comes as itself."""
        if self._saved_values is None:
            why = "this Context was made with no_grad=True" if self.no_grad else "forward called no save_for_backward"
            raise BackwardError(f"nothing was saved for backward: {why}")
        return self._saved_values[0] if len(self._saved_values) == 1 else self._saved_values


class History:
    """How a Variable was made.

    Args:
        last_fn: the Function class that made it, None for a leaf.
        ctx: what its forward saved.
        inputs: its operands in order, Variables and plain values.
        partials: the partial derivative by each of them, where the Function knew them; None by a constant.

    >>> History().is_leaf()
    True
    """

    __slots__ = ("_hold", "ctx", "inputs", "last_fn", "partials")

    def __init__(
        self,
        last_fn: type[FunctionBase] | None = None,
        ctx: Context | None = None,
        inputs: Sequence[Any] | None = None,
        partials: Sequence[Any] | None = None,
    ) -> None:
        self.last_fn = last_fn
        self.ctx = ctx
        self.inputs = inputs
        self.partials = partials
        if last_fn is None:
            # In this order: what stops between the two leaves a hold too many, which is slow and nothing else.
            LIVE.hold()
            self._hold: object = _Hold()

    def is_leaf(self) -> bool:
        """Return whether no Function made it."""
        return self.last_fn is None

    def backprop_step(self, d_output: Any) -> list[tuple[Variable, Any]]:
        """Apply the chain rule to the last Function.

        Args:
            d_output: the derivative by what the Function made.

        Returns:
            Each input that is not a constant, with its contribution to the derivative.
        """
        if self.last_fn is None:
            return []
        if self.partials is not None:
            pairs = zip(self.inputs or (), self.partials, strict=True)
            return [(x, d_output * partial) for x, partial in pairs if partial is not None]
        return self.last_fn.chain_rule(self.ctx or Context(), self.inputs or (), d_output)

    def __repr__(self) -> str:
        # The default of a signature, which stands for a leaf's own, has no fields.
        last_fn = getattr(self, "last_fn", None)
        if last_fn is None:
            return "History()"
        return f"History(last_fn={last_fn.__name__}, with {len(self.inputs or ())} inputs)"


class InputHistory(History):
    """The history of all inputs of a run: that of a leaf while it lasts; then it holds nothing.

    What was made of the inputs is not constant as long as somebody can ask the run for derivatives.
    """

    __slots__ = ("_run",)

    last_number: ClassVar[list[int]] = [0]
    """A number larger than those of all Variables of runs that have ended."""

    def __init__(self) -> None:
        History.__init__(self)
        self._run: Callable[[], object] | None = None

    def end(self, run: object, unique_id: int) -> None:
        """End the run: from now on no leaf lives because of it.

        Args:
            run: what is there as long as it can be asked for derivatives; `None` if it can't.
            unique_id: a number larger than those of the run's Variables.
        """
        self._run = nothing if run is None else weakref.ref(run)
        OVER.hold()
        self.last_number[0] = unique_id
        self._hold = _HoldOver()

    def is_over(self) -> bool:
        """Return whether nobody can ask the run for derivatives any more."""
        return self._run is not None and self._run() is None


def nothing() -> None:
    """Return what a weak reference to nothing returns."""
