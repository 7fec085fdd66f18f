"""What users of other packages type on a Variable: `x.grad`, `x.detach()`, `x.grad_fn`, `x.requires_grad`, `x.value`.

>>> from minitorch.scalars.scalar import Scalar
>>> x = Scalar(3.0)
>>> y = x * x
>>> y.backward()
>>> x.grad, x.is_leaf, y.is_leaf, y.requires_grad, y.grad_fn, y.detach().requires_grad
(6.0, True, False, True, <class 'minitorch.scalars.primitives.Mul'>, False)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from minitorch.autodiff.history import History
from minitorch.autodiff.place import place_of_caller

if TYPE_CHECKING:
    from minitorch.autodiff.function import FunctionBase

__all__ = ["HERE_ON_VARIABLES", "TorchNames", "no_such_name", "second_order_asked"]


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


HERE_ON_VARIABLES: Final[dict[str, str]] = {
    # torch
    "clone": "+x, or x.copy() of an array",
    "contiguous": "x itself",
    "cpu": "x itself: its value is Python's or numpy's",
    "cuda": "x itself: its value is Python's or numpy's",
    "dim": "numpy.ndim(x)",
    "numel": "numpy.size(x)",
    "numpy": "x.data, the plain value",
    "permute": "x.transpose(…) of an array",
    "register_hook": "a function with a rule of its own, minitorch.custom_vjp, which is told the derivative",
    "retain_grad": "minitorch.grad by that value, in a function that begins with it; minitorch.report has all of them",
    "to": "x itself: its value is Python's or numpy's",
    "unsqueeze": "x[..., None] of an array",
    "zero_grad": "x.zero_grad_(), or x.grad = None",
    # JAX
    "at": "x[…] = value on an array, which is differentiated, too",
    "aval": "x.data, the plain value",
    "block_until_ready": "x itself: its value is there",
    "primal": "x.data, the plain value",
    "tangent": "what minitorch.jvp returns",
    # autograd, other courses
    "chain_rule": "x.history.backprop_step(d_output)",
    "is_constant": "minitorch.is_constant(x)",
    "parents": "x.history.inputs",
    "val": "x.data, the plain value",
    "value": "x.data, the plain value",
}
"""What a Variable has under another name than in other packages."""

INTERNAL: Final = frozenset(
    """array code creator first_parent first_partial get_data holds_array instruction kept label link made_by now ones
    plain present second_parent second_partial version whole window""".split()
)
"""Attributes that nobody is offered."""


def no_such_name(variable: object, name: str) -> AttributeError:
    """Make the error for an attribute that Variables have under another name."""
    return AttributeError(f"a {type(variable).__name__} has no {name!r}; here it is {HERE_ON_VARIABLES[name]}")


def second_order_asked() -> TypeError:
    """Make the error for a reverse pass whose derivatives were to have derivatives."""
    return TypeError(
        f"{place_of_caller()}: derivatives that backward() adds up are plain numbers, also with create_graph=True; "
        "for derivatives of derivatives take minitorch.grad(minitorch.grad(f)), or minitorch.hessian(f)"
    )


class Elsewhere:
    """An attribute that Variables have under another name; asking for it raises AttributeError, which says so.

    Args:
        name: the attribute.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, variable: object, owner: type | None = None) -> Any:
        if variable is None:
            raise AttributeError(f"type object {getattr(owner, '__name__', owner)!r} has no attribute {self.name!r}")
        raise no_such_name(variable, self.name)


class TorchNames:
    """Other names of what Variables have, on top of their slots."""

    __slots__ = ()

    derivative: Any
    creator: Any
    history: History | None

    def __dir__(self) -> list[str]:
        """Return the names of what it stands for, and those that it has for users of its own."""
        own = {name for name in dir(type(self)) if name not in INTERNAL and hasattr(type(self), name)}
        return sorted(own.union(dir(self.__class__), getattr(self, "__dict__", ())))

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


for _name in HERE_ON_VARIABLES:
    setattr(TorchNames, _name, Elsewhere(_name))
