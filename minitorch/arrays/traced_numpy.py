"""numpy's own functions that are written in Python, run on Tensors: as they are, with what makes arrays replaced.

np.gradient(x)    runs numpy's code, whose `np.asanyarray(f)` gives back the Tensor and whose `np.empty_like(f)` gives
                  one that can be written to
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any, Final

import numpy

from minitorch.arrays.makers import MAKERS, asarray, detached, holds_variable

__all__ = ["Dispatch", "is_traceable", "trace_numpy"]

Dispatch = Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]

_dispatch: list[Dispatch] = []
_scopes: dict[str, dict[str, Any]] = {}

SEQUENCES: Final = frozenset(
    getattr(numpy, name)
    for name in """concatenate stack vstack hstack dstack column_stack block meshgrid broadcast_arrays select choose
    piecewise lexsort""".split()
)
"""Functions that take sequences of arrays."""


def dispatch_with(dispatch: Dispatch) -> None:
    """Set what calls a function of numpy's on Tensors."""
    _dispatch[:] = [dispatch]


def implementation(function: Any) -> Any:
    """Return the Python function behind a function of numpy's that can be overridden."""
    body = getattr(function, "_implementation", None)
    return function if body is None else body


def is_traceable(function: Any) -> bool:
    """Whether a function of numpy's is written in Python."""
    body = implementation(function)
    return isinstance(body, FunctionType) and body.__module__.partition(".")[0] == "numpy"


def trace_numpy(function: Any) -> Callable[..., Any]:
    """Return a twin of a function of numpy's that works on Tensors."""
    return twin(implementation(function))


def twin(function: FunctionType) -> FunctionType:
    """Return a function with a scope in which makers of arrays are replaced."""
    made = FunctionType(
        function.__code__, scope_of(function), function.__name__, function.__defaults__, function.__closure__
    )
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def scope_of(function: FunctionType) -> dict[str, Any]:
    """Return the globals of a function as its twin sees them."""
    # Functions that numpy has in its own name are of several modules, whose globals tell.
    own = function.__globals__
    scope = _scopes.get(own["__name__"])
    # What one twin calls of its own module has to be a twin, too.
    if scope is None:
        scope = _scopes[own["__name__"]] = dict(own)
        for name, value in own.items():
            if isinstance(value, FunctionType) and value.__globals__ is own:
                scope[name] = twin(value)
            elif not name.startswith("__"):
                scope[name] = replaced(value)
        scope.update({name: made for name, made in OWN.items() if name in scope})
    return scope


class Converter:
    """What `_array_converter` of numpy's makes: the arguments as arrays."""

    def __init__(self, *args: Any) -> None:
        self.arrays = tuple(map(asarray, args))

    def __getitem__(self, index: int) -> Any:
        return self.arrays[index]

    def as_arrays(self, **_: Any) -> tuple[Any, ...]:
        """Return the arguments as arrays."""
        return self.arrays

    def wrap(self, array: Any, **_: Any) -> Any:
        """Return the result as it is."""
        return array

    def result_type(self, *args: Any, **_: Any) -> Any:
        """Return the type that all arguments fit into."""
        return numpy.result_type(*map(detached, (*self.arrays, *args)))


def divide_by_count(a: Any, b: Any, out: Any = None) -> Any:
    """Return the quotient, which numpy's own function turns into a plain number."""
    return asarray(a) / b


def nanstd(a: Any, *args: Any, **kwargs: Any) -> Any:
    """Do what `numpy.nanstd` does, which turns a number into a plain one."""
    return _dispatch[0](numpy.sqrt, (_dispatch[0](numpy.nanvar, (a, *args), kwargs),), {})


OWN: Final[dict[str, Any]] = {
    "_array_converter": Converter,
    "array_converter": Converter,
    "_divide_by_count": divide_by_count,
    "_makearray": lambda a: (asarray(a), lambda array: array),
    "broadcast": lambda *args: numpy.broadcast(*map(detached, args)),
}
"""By name in numpy's modules: what stands for it in twins."""


def replaced(value: Any) -> Any:
    """Return what stands in the twin's scope for a value."""
    if isinstance(value, ModuleType):
        return NumpyModule(value) if value.__name__.partition(".")[0] == "numpy" else value
    try:
        maker = MAKERS.get(value)
    except TypeError:
        return value
    if maker is not None:
        return maker
    if isinstance(value, numpy.ufunc) or getattr(value, "_implementation", None) is not None:
        return Dispatching(value)
    if isinstance(value, FunctionType) and value.__module__.partition(".")[0] == "numpy":
        return Dispatching(value)
    return value


class Dispatching:
    """A function of numpy's that takes lists of Tensors as it takes lists of numbers."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not holds_variable([*args, *kwargs.values()]):
            return self.function(*args, **kwargs)
        if self.function not in SEQUENCES:
            args = tuple(asarray(v) if type(v) in (list, tuple) and holds_variable(v) else v for v in args)
        return _dispatch[0](self.function, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.function, name)


class NumpyModule(ModuleType):
    """A module of numpy's as traced code sees it."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__(module.__name__)
        self.__dict__["_module"] = module

    def __getattr__(self, name: str) -> Any:
        value = replaced(getattr(self._module, name))
        self.__dict__[name] = value
        return value
