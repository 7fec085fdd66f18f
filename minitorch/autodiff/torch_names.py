"""What users of torch type on a Variable: `x.grad`, `x.detach()`, `x.grad_fn`, `x.requires_grad`, `x.is_leaf`.

>>> from minitorch.scalars.scalar import Scalar
>>> x = Scalar(3.0)
>>> y = x * x
>>> y.backward()
>>> x.grad, x.is_leaf, y.is_leaf, y.requires_grad, y.grad_fn, y.detach().requires_grad
(6.0, True, False, True, <class 'minitorch.scalars.primitives.Mul'>, False)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autodiff.history import History

if TYPE_CHECKING:
    from minitorch.autodiff.function import FunctionBase

__all__ = ["TorchNames"]


class CallableFlag(int):
    """A truth value that may be called: `is_leaf` is an attribute in torch, and a method in minitorch's course.

    >>> flag = CallableFlag(True)
    >>> flag, flag(), not flag
    (True, True, False)
    """

    def __call__(self) -> bool:
        """Return the truth value itself."""
        return self == 1

    def __repr__(self) -> str:
        return repr(self == 1)

    __str__ = __repr__


LEAF, NO_LEAF = CallableFlag(True), CallableFlag(False)


class TorchNames:
    """Other names of what Variables have, on top of their slots."""

    __slots__ = ()

    derivative: Any
    creator: Any
    history: History | None

    @property
    def grad(self) -> Any:
        """Another name of `derivative`."""
        return self.derivative

    @grad.setter
    def grad(self, derivative: Any) -> None:
        self.derivative = derivative

    @property
    def is_leaf(self) -> CallableFlag:
        """Whether derivatives arrive here: not a constant, and made by no Function. It may be called, too."""
        creator = self.creator
        return LEAF if isinstance(creator, History) and creator.last_fn is None else NO_LEAF

    @property
    def grad_fn(self) -> type[FunctionBase] | None:
        """The Function that made it: None for leaves and constants."""
        history = self.history
        return None if history is None else history.last_fn

    @property
    def requires_grad(self) -> bool:
        """Whether derivatives pass through it: it is no constant."""
        return self.history is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self: Any, value: bool = True) -> Any:
        """Make it a leaf if it is a constant, or (with False) a constant, whatever it was; return it."""
        if not value:
            self.history = None
        elif self.creator is None:
            self.history = History()
        return self

    def detach(self) -> Any:
        """Return a constant of the same kind with its value; `minitorch.detach(x)` returns a plain one."""
        return type(self)(self.get_data(), None)  # type: ignore[attr-defined, call-arg]
