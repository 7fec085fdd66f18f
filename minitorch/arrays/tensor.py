"""Tensor: a numpy array that knows how it was made, the next Variable of the minitorch course.

It is a wrapper and no subclass of numpy's array: code in C would read the buffer of a subclass in silence. A Tensor
without history hands its buffer out freely.

    >>> x = Tensor([1.0, 2.0], name="x")
    >>> (x * x).sum().backward()
    >>> x.derivative
    array([2., 4.])

A Tensor is the Variable of the value that it was made with. Once it is written (`x[0] = y`), or the array that it is a
view of, its present value is another Variable: `current(x)`. What is recorded has those as parents, and they never
change.

Operators, indexing, writing, methods and what numpy asks for are put into the class by the modules of their names, as
`methods` is loaded, which loads them all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy

from minitorch.arrays.adjoints import fitted, plain_adjoint
from minitorch.arrays.objects import as_objects, asked_for_objects
from minitorch.arrays.placeholders import SMALL, shape_alone
from minitorch.arrays.values import as_floats
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.grad_mode import SPARES, sparing
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.place import OWN_FILES, origin_of_caller
from minitorch.autodiff.topological_order import parents_of, topological_sort
from minitorch.autodiff.variable import Variable, is_settled
from minitorch.recorder import count_operation, counting, next_unique_id
from minitorch.scalars.lost_history import history_ends, loses_history, plain_number_asked

if TYPE_CHECKING:
    from minitorch.arrays.function import ArrayFunction

__all__ = [
    "Tensor",
    "View",
    "constant",
    "current",
    "frozen",
    "keep",
    "make_view",
    "output_of",
    "region",
]

NEW_LEAF: Final[History] = History.__new__(History)
"""Stands for a History of its own per Tensor; itself it belongs to none."""

NO_PARAMETERS: Final[dict[str, Any]] = {}

Take = Callable[[Any], Any]


class View(NamedTuple):
    """How a view is read from the array that it is a view of.

    Attributes:
        root: the Tensor that has the buffer.
        path: what takes the view from that buffer, step by step.
        version: how often the root had been written when the view was read.
        function: the Function that reads it again.
    """

    root: Tensor
    path: tuple[Take, ...]
    version: int
    function: type[ArrayFunction]


class Tensor(Variable):
    """A numpy array, or a number of numpy's, that knows how it was made.

    Args:
        value: the array; what is no array is made one of floats.
        back: how it was made; by default it is a leaf, with None a constant.
        name: what reports and pictures call it.

    Attributes:
        array: the value that this Variable was made with, `data` is the present one.
        link: the same Variable without its array, for histories in which no vjp looks at that; None before one asks.
        kept: whether something still needs that value, so that it is copied before it is written.
        version: how often it was written.
        now: the Variable of the present value, None as long as it is this one.
        window: what it is a view of, None if it has a buffer of its own.

    Raises:
        TypeError: if the value is no array of real or complex numbers.
    """

    __slots__ = ("__weakref__", "array", "kept", "link", "now", "version", "window")

    holds_array = True
    made_by = (*Variable.made_by, "link")
    array: Any
    link: Tensor | None
    now: Tensor | None
    window: View | None

    if TYPE_CHECKING:
        # The methods of numpy's arrays, which `methods` and its kin put here.
        def __getattr__(self, name: str) -> Any: ...
        def __getitem__(self, key: Any) -> Any: ...
        def __setitem__(self, key: Any, value: Any) -> None: ...
        def __iter__(self) -> Any: ...
        def __len__(self) -> int: ...

    def __init__(self, value: Any, back: History | None = NEW_LEAF, name: str | None = None) -> None:
        Variable.__init__(self, History() if back is NEW_LEAF else back, name)
        self.array = as_floats(value)
        self.kept = True
        self.version = 0
        self.link = self.now = self.window = None

    # Python code asks isinstance(x, numpy.ndarray); inside minitorch type(x) tells.
    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return type(self.array)

    @property
    def data(self) -> Any:
        """The present value, a plain array or number of numpy's."""
        return current(self).array

    def present(self) -> Tensor:
        """Return the Variable of its present value."""
        return current(self)

    def plain(self) -> Any:
        """Return the present value as an array that later writes do not reach."""
        node = current(self)
        keep(node)
        return node.array

    def get_data(self) -> Any:
        """Return the plain value; of a number one of Python's."""
        value = current(self).array
        return value if isinstance(value, numpy.ndarray) else value.item()

    @property
    def history(self) -> History | None:
        """How its present value was made: None for a constant."""
        node = current(self)
        made_by: Any = node.creator
        if made_by is None or is_settled(node):
            return None
        return made_by if isinstance(made_by, History) else History(made_by, Context(), parents_of(node))

    @history.setter
    def history(self, history: History | None) -> None:
        node = current(self)
        Variable.history.fset(node, history)  # type: ignore[attr-defined]
        node.link = None

    def accumulate_derivative(self, value: Any) -> None:
        """Add to the derivative of this leaf, which has the shape of the leaf."""
        if not self.is_leaf:
            raise BackwardError("only a leaf Variable has a derivative; ask minitorch.grad for that of another value")
        share = fitted(plain_adjoint(value), self.array)
        self.derivative = share if self.derivative is None else self.derivative + share

    def zero_derivative_(self) -> None:
        """Start again from a derivative of zero."""
        self.derivative = numpy.zeros_like(self.array)[()]

    zero_grad_ = zero_derivative_

    def detach(self) -> Tensor:
        """Return a constant with a copy of its value; `minitorch.detach(x)` returns a plain array."""
        return constant(self.data.copy())

    def ones(self) -> Any:
        """Return the derivative of this value by itself."""
        return numpy.ones_like(current(self).array)[()]

    def label(self) -> str:
        """Return what errors call it: its name, or its kind and what it was made from."""
        if self.name is not None:
            return repr(self.name)
        kind = f"an array of shape {self.array.shape}" if isinstance(self.array, numpy.ndarray) else repr(self.array)
        sources = [repr(x.name) for x in topological_sort(current(self)) if not parents_of(x) and x.name is not None]
        return f"{kind} made from {', '.join(sources[::-1][:3])}" if sources else kind

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        node = current(self)
        if loses_history(node):
            if asked_for_objects(dtype):
                return as_objects(self)
            raise plain_number_asked("array", self.label(), [node])
        if dtype is None and not copy:
            # Whoever has the buffer may write to it, and views of it are not asked.
            return numpy.asarray(node.array)
        return numpy.array(node.array, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        return repr(self.data)

    def __str__(self) -> str:
        return str(self.data)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec)

    def __reduce_ex__(self, protocol: Any) -> Any:
        if not self.is_leaf and loses_history(current(self)):
            raise history_ends("pickling", self.label(), "Only leaves and constants can be pickled.", [current(self)])
        return unpickled, (self.data, bool(self.is_leaf), self.name, self.derivative)


def unpickled(data: Any, leaf: bool, name: str | None, derivative: Any) -> Tensor:
    """Make a Tensor from what pickle kept of it."""
    tensor = Tensor(data, History() if leaf else None, name)
    tensor.derivative = derivative
    return tensor


_new = Tensor.__new__
_new_tuple: Any = tuple.__new__


def constant(array: Any) -> Tensor:
    """Make a Tensor without history that has the buffer for itself."""
    made = _new(Tensor)
    made.creator = made.name = made.derivative = made.code = made.link = made.now = made.window = None
    made.first_parent = made.second_parent = made.first_partial = made.second_partial = None
    made.instruction = made.version = 0
    made.kept = False
    made.array = array
    made._unique_id = next_unique_id()
    return made


def output_of(
    function: type[ArrayFunction], array: Any, inputs: tuple[Any, ...], parameters: dict[str, Any] = NO_PARAMETERS
) -> Tensor:
    """Make the Tensor that a Function gives.

    Args:
        function: the Function.
        array: its result.
        inputs: its inputs, current Variables and plain values.
        parameters: what it was called with by name.
    """
    if sparing and (array.nbytes > SMALL or not function.elementwise) and SPARES.get():
        inputs = spared(function, inputs)
    elif function.keeps_inputs:
        for x in inputs:
            if type(x) is Tensor:
                keep(x)
    if counting and not function.in_place:
        count_operation()
    made = _new(Tensor)
    made.name = made.derivative = made.link = made.now = made.window = made.second_parent = made.second_partial = None
    made.version = 0
    made.array = array
    made.creator = function
    made.first_parent, made.first_partial = inputs, parameters
    made.kept = function.keeps_output
    made._unique_id = next_unique_id()
    # Most often the caller's caller is what `origin_of_caller` would find, one frame after the other.
    frame = sys._getframe(2)
    made.code, made.instruction = frame.f_code, frame.f_lasti
    if OWN_FILES[frame.f_code.co_filename]:
        made.code, made.instruction = origin_of_caller()
    return made


# -- memory ------------------------------------------------------------------------------------------------------------


def spared(function: type[ArrayFunction], inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return inputs without arrays that no vjp looks at, and without Tensors that know what is written later.

    Whoever has such a Tensor keeps it; what is recorded has the same Variable without the array, but for its shape.
    """
    positions = function.looks_at if function.keeps_inputs else ()
    looked_at = -1 if positions is None else 0
    for x, bits in zip(inputs, positions, strict=False) if positions else ():
        kind = type(x)
        if (kind is Tensor or (kind is not float and issubclass(kind, Variable))) and x.creator is not None:
            looked_at |= bits
    links = []
    for x in inputs:
        if type(x) is Tensor:
            if not looked_at & 1:
                x = link_to(x) if x.link is None else x.link
            else:
                keep(x)
                x = x.array if x.creator is None else frozen(x)
        elif type(x) is numpy.ndarray and not looked_at & 1:
            x = shape_alone(x)
        links.append(x)
        looked_at >>= 1
    return tuple(links)


def link_to(x: Tensor) -> Any:
    """Return what stands for a current Variable in a history where no vjp looks at its array."""
    made_by: Any = x.creator
    if made_by is None:
        return shape_alone(x.array)
    if isinstance(made_by, History) or made_by.keeps_output or made_by.in_place:
        # What was written in place shares the one buffer with all that comes after.
        return frozen(x)
    x.link = frozen(x, shape_alone(x.array))
    return x.link


# -- views and what they are read from ---------------------------------------------------------------------------------


def current(x: Tensor) -> Tensor:
    """Return the Variable of a Tensor's present value."""
    view = x.window
    if view is not None and view.version != view.root.version:
        read_again(x, view)
    now = x.now
    return x if now is None else now


def read_again(x: Tensor, view: View) -> None:
    """Have a view show what was written to its root since."""
    node = current(view.root)
    taken = region(node.array, view.path)
    now = constant(taken) if node.creator is None else output_of(view.function, taken, (node,), {"path": view.path})
    now.window = x.window = view._replace(version=view.root.version)
    x.now = now


def region(buffer: Any, path: tuple[Take, ...]) -> Any:
    """Return the part of a buffer that a view shows."""
    for take in path:
        buffer = take(buffer)
    return buffer


def make_view(x: Tensor, made: Tensor, take: Take, function: type[ArrayFunction]) -> Tensor:
    """Have a Tensor be a view of another.

    Args:
        x: the Tensor, as the user has it.
        made: the new one.
        take: what takes its array from that of `x`.
        function: the Function that reads it again once the array has been written.
    """
    view = x.window
    if view is None:
        way: Any = (x, (take,), x.version, function)
    else:
        # What shows elements more than once has the general function, and so have its parts.
        way = (view[0], (*view[1], take), view[2], view[3] if function.__name__ == "ArrayTaken" else function)
    # As `View(…)` does, in half the time.
    made.window = _new_tuple(View, way)
    return made


def keep(x: Tensor) -> None:
    """Mark the buffer of a current Variable as needed: it is copied before anybody writes to it."""
    if x.window is None:
        x.kept = True
    else:
        current(x.window.root).kept = True


def frozen(x: Any, array: Any = None) -> Any:
    """Return the Variable as it is, whatever is written to the Tensor that it was.

    Args:
        x: the Variable; anything else is returned as it is.
        array: what it has in place of its array, if anything.
    """
    if type(x) is not Tensor or (x.now is None and x.window is None and (array is None or array is x.array)):
        return x
    alias = _new(Tensor)
    alias.creator, alias._unique_id = x.creator, x.unique_id
    alias.name, alias.derivative = x.name, x.derivative
    alias.code, alias.instruction = x.code, x.instruction
    alias.array = x.array if array is None else array
    alias.first_parent, alias.first_partial = x.first_parent, x.first_partial
    alias.second_parent = alias.second_partial = alias.link = alias.now = alias.window = None
    alias.version = 0
    alias.kept = True
    return alias
