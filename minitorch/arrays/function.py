"""Functions on arrays: those of one row each, and a user's own.

    product = ArrayFunction.row("Product", numpy.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)

A vjp takes the cotangent, the output and the inputs, and gives the cotangent of one input. It is written in functions
of numpy's and runs on plain arrays; on Tensors, to be differentiated again, it runs as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, ClassVar, Final

import numpy

from minitorch.arrays.adjoints import add_share, plain_adjoint
from minitorch.arrays.partials import is_complex
from minitorch.arrays.tensor import NO_PARAMETERS, Tensor, constant, current, frozen, output_of
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.grad_mode import is_recording
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.variable import Variable, is_constant

__all__ = [
    "ArrayFunction",
    "TensorFunction",
    "apply",
    "careful",
    "nothing",
    "recorded_adjoint",
    "row",
    "split",
    "unbroadcast",
]

Vjp = Callable[..., Any]

careful: Final[ContextVar[bool]] = ContextVar("careful", default=False)
"""Whether the pass is one that looks at every share: where nothing arrives, nothing is passed on, be it 0 * inf."""


def nothing(*_: Any, **__: Any) -> Any:
    """Stand for the vjp by an input that the output does not follow; it is never called."""
    raise NotImplementedError("the share of an input that is not followed")


class ArrayFunction(FunctionBase):
    """A Function on arrays that has all it does from its row.

    Attributes:
        function: the plain operation, on arrays and by name on parameters.
        vjps: one per input, or one for all (with `for_all`), called as `vjp(cotangent, output, *inputs, **parameters)`.
        for_all: whether the only vjp is called with the position of the input before all else.
        at_once: whether the only vjp takes the inputs as a sequence, and gives the shares of all of them.
        linear: whether the output is linear in all inputs together; then forward mode is the function itself.
        elementwise: whether each element of the output is made of those in its place, after broadcasting.
        keeps_inputs: whether the vjps look at the values of the inputs, and not at their shapes alone.
        looks_at: for each input, the inputs whose values the vjp by it looks at, as bits; None where that may be all.
        keeps_output: likewise.
        pull: what `sweep` calls in place of `vjp_contributions`: of a Tensor, its adjoint, and all adjoints by
            `unique_id`, to which it adds the shares of the inputs.
        in_place: whether it writes, in the array and in a pass; then `pull` takes adjoints that are no plain arrays.
    """

    function: ClassVar[Callable[..., Any]]
    vjps: ClassVar[tuple[Vjp | None, ...]] = ()
    for_all: ClassVar[bool] = False
    at_once: ClassVar[bool] = False
    linear: ClassVar[bool] = False
    elementwise: ClassVar[bool] = False
    keeps_inputs: ClassVar[bool] = True
    looks_at: ClassVar[tuple[int, ...] | None] = None
    keeps_output: ClassVar[bool] = True
    in_place: ClassVar[bool] = False
    pull: ClassVar[Any]

    def __init_subclass__(cls) -> None:
        if not hasattr(cls, "pull"):
            cls.pull = cls.pull_shares

    @classmethod
    def pull_shares(cls, node: Tensor, adjoint: Any, adjoints: dict[int, Any]) -> None:
        """Add the shares of the inputs to their adjoints."""
        for x, share in cls.vjp_contributions(node, adjoint):
            add_share(adjoints, x.unique_id, share)

    @classmethod
    def vjp(cls, index: int) -> Vjp:
        """Return the vjp by an input."""
        every: Any = cls.vjps[0] if cls.for_all or cls.at_once else None
        if cls.at_once:
            return lambda g, y, *inputs, **kwargs: every(g, y, inputs, **kwargs)[index]
        if cls.for_all:
            return lambda *args, **kwargs: every(index, *args, **kwargs)
        found = cls.vjps[index] if index < len(cls.vjps) else None
        if found is None:
            raise BackwardError(f"the derivative of {cls.__name__} by its argument {index} is not known")
        return found

    @classmethod
    def has_backward(cls) -> bool:
        """Return whether its derivatives are known: those of a row are its `vjps`."""
        return True

    @classmethod
    def vjp_contributions(cls, node: Tensor, d_output: Any) -> list[tuple[Variable, Any]]:
        """Return the share of each input that is no constant."""
        inputs: Any = node.first_parent
        return shares(cls, node.array, inputs, [plain(x) for x in inputs], plain_adjoint(d_output), node.first_partial)

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Any, d_output: Any) -> list[tuple[Variable, Any]]:
        """Apply the chain rule by operations on Tensors, so that what it gives can be differentiated again."""
        values = [frozen(x) for x in inputs]
        return shares(cls, frozen(output), inputs, values, recorded_adjoint(d_output), output.first_partial)

    @classmethod
    def variable(cls, raw: Any, history: History | None) -> Tensor:
        """Wrap a plain array."""
        return Tensor(raw, history)


def recorded_adjoint(adjoint: Any) -> Any:
    """Return an adjoint as a plain array or a Tensor; what comes from a Scalar is a Scalar."""
    adjoint = plain_adjoint(adjoint)
    if not issubclass(type(adjoint), Variable) or type(adjoint) is Tensor:
        return adjoint
    return apply(OfNumber, (adjoint,))


def plain(x: Any) -> Any:
    """Return the value that a recorded input had."""
    if type(x) is Tensor:
        return x.array
    return x.get_data() if isinstance(x, Variable) else x


def shares(
    function: type[ArrayFunction],
    output: Any,
    inputs: Sequence[Any],
    values: Sequence[Any],
    d_output: Any,
    parameters: dict[str, Any],
) -> list[tuple[Variable, Any]]:
    """Return the share of each input that is no constant, in its shape."""
    at_once: Any = function.vjps[0] if function.at_once else None
    every = None if at_once is None else at_once(d_output, output, values, **parameters)
    found = []
    for index, x in enumerate(inputs):
        if not issubclass(type(x), Variable) or x.creator is None:
            continue
        if every is None:
            vjp = function.vjp(index)
            if vjp is nothing:
                continue
            share = vjp(d_output, output, *values, **parameters)
        else:
            share = every[index]
        if issubclass(type(share), Variable):
            share = recorded_adjoint(share)
            share = current(share).array if type(share) is Tensor and current(share).creator is None else share
        if function.elementwise:
            if careful.get():
                share = numpy.where(numpy.equal(d_output, 0), 0.0, share)
            share = unbroadcast(share, values[index])
        elif not is_complex(values[index]) and is_complex(share):
            share = share.real
        found.append((x, share if type(x) is Tensor else as_number(share)))
    return found


def split(flat: Any, parts: Sequence[Any], starts: Sequence[int]) -> list[Any]:
    """Return what of an array with one axis belongs to each of some arrays, in its shape.

    >>> split(numpy.arange(3.0), [0.0, numpy.zeros((2, 1))], [0, 1])
    [np.float64(0.0), array([[1.],
           [2.]])]
    """
    found = []
    for part, start in zip(parts, starts, strict=True):
        shape = getattr(part, "shape", ())
        found.append(flat[start] if shape == () else flat[start : start + part.size].reshape(shape))
    return found


def as_number(share: Any) -> Any:
    """Return the share of a Scalar as a float; recorded, as a Scalar."""
    share = plain_adjoint(share)
    return share.item() if type(share) is Tensor else float(numpy.real(share))


def unbroadcast(share: Any, value: Any) -> Any:
    """Return a share in the shape and kind of the input that was broadcast: what it was repeated to is summed.

    >>> unbroadcast(numpy.ones((3, 2)), numpy.zeros(2))
    array([3., 3.])
    """
    shape = getattr(value, "shape", ())
    if share.shape != shape:
        extra = len(share.shape) - len(shape)
        if extra > 0:
            share = share.sum(axis=tuple(range(extra))) if extra > 1 else share.sum(axis=0)
        if share.shape != shape:
            axes = tuple(axis for axis, (n, m) in enumerate(zip(shape, share.shape, strict=True)) if n == 1 and m != 1)
            share = share.sum(axis=axes, keepdims=True) if axes else share
        if share.shape != shape:
            share = numpy.broadcast_to(share, shape)
    if share.dtype.kind == "c" and getattr(value, "dtype", FLOAT).kind != "c" and type(value) is not complex:
        share = share.real
    return share


FLOAT: Final = numpy.dtype(float)


def row(name: str, function: Callable[..., Any], *vjps: Vjp | None, **details: Any) -> type[ArrayFunction]:
    """Make the Function of a row."""
    details = {"function": staticmethod(function), "vjps": vjps, "__module__": __name__, **details}
    if details.get("linear"):
        details.setdefault("keeps_inputs", False)
        details.setdefault("keeps_output", False)
    details.setdefault("__doc__", f"The Function of {getattr(function, '__name__', name)} on arrays.")
    return type(name, (ArrayFunction,), details)


def apply(
    function: type[ArrayFunction],
    inputs: Sequence[Any],
    parameters: dict[str, Any] = NO_PARAMETERS,
    by: Callable[..., Any] | None = None,
) -> Any:
    """Compute the result of a Function: a Tensor, without history where no input has one.

    Args:
        function: the Function.
        inputs: what it is applied to.
        parameters: what it is given by name.
        by: computes the same of plain values, in other digits; `None` for the function of the row.
    """
    active = False
    nodes, values = [], []
    for x in inputs:
        kind = type(x)
        if kind is Tensor:
            x = current(x)
            active = active or x.creator is not None
            values.append(x.array)
        elif issubclass(kind, Variable):
            active = active or x.creator is not None
            values.append(x.get_data())
        else:
            values.append(x)
        nodes.append(x)
    return finished(function, (by or function.function)(*values, **parameters), nodes, active, parameters)


def finished(
    function: type[ArrayFunction], value: Any, nodes: Sequence[Any], active: bool, parameters: dict[str, Any]
) -> Any:
    """Wrap the result of a Function; what is neither real nor complex comes out plain."""
    if type(value) is Tensor:  # numpy's own code was traced, and made it
        value = value.array
    kind = getattr(value, "dtype", FLOAT).kind
    if kind not in "fc":
        return value
    if active and is_recording():
        return output_of(function, value, tuple(nodes), parameters)
    return constant(value)


OfNumber = row("ArrayOfNumber", numpy.asarray, lambda g, y, x: g, linear=True)
"""A Scalar as an array without axes."""


class TensorFunction(FunctionBase):
    """A Function on arrays: a subclass gives static methods `forward(ctx, …)` and `backward(ctx, d_output)`.

    >>> class Double(TensorFunction):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2.0
    ...     @staticmethod
    ...     def backward(ctx, d_output):
    ...         return d_output * 2.0
    >>> x = Tensor([1.0, 2.0])
    >>> Double.apply(x).sum().backward()
    >>> x.derivative
    array([2., 2.])
    """

    @classmethod
    def variable(cls, raw: Any, history: History | None) -> Tensor:
        """Wrap a plain array."""
        return Tensor(raw, history)

    @classmethod
    def record(cls, *values: Any) -> Any:
        """Compute the result as a Tensor; a constant one if all the values are constants."""
        nodes = [current(x) if type(x) is Tensor else x for x in values]
        for x in nodes:
            if type(x) is Tensor:
                x.kept = True
        active = is_recording() and any(not is_constant(x) for x in nodes)
        context = Context(not active)
        output = cls.forward(context, *map(plain, nodes))
        return cls.variable(output, History(cls, context, nodes) if active else None)

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return each input that is not a constant, with the derivative by it; `backward` is given a plain array."""
        return super().chain_rule(ctx, inputs, plain_adjoint(d_output))

    @classmethod
    def misfit(cls, x: Any, derivative: Any) -> tuple[str, str] | None:
        """Return what was given as the derivative by an input, and why that is wrong; `None` if it may be right."""
        if not issubclass(type(derivative), Variable) and numpy.asarray(derivative).dtype.kind not in "fciub":
            return repr(derivative), "not an array of numbers"
        given, wanted = numpy.shape(derivative), numpy.shape(plain(x))
        return None if given == wanted else (f"an array of shape {given}", f"which has the shape {wanted}")

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Apply the chain rule by operations on Tensors: `forward` and `backward` run once more, on the Variables."""
        return super().recorded_chain_rule([frozen(x) for x in inputs], output, plain_adjoint(d_output))
