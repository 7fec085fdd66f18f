"""Plain programs on numbers of fifty digits, by the project's own rewriter with another table of targets.

An `Exact` is a number of mpmath's that calls itself a float. In a program that is rewritten over this table `math.sin`
is mpmath's and `float` gives an Exact back as it is, so the program computes what it would with exact arithmetic.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import math
import operator
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from mpmath import mp, mpf

from minitorch.tracing.replacements import CALLERS, calling
from transformer import Alias, Converter, Dispatcher, Switch, Targets

DIGITS = 50


class Exact:
    """A float of many digits."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = mpf(value)

    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return float

    @property
    def real(self) -> Exact:
        """The number itself."""
        return self

    @property
    def imag(self) -> float:
        """The imaginary part of a real number."""
        return 0.0

    def conjugate(self) -> Exact:
        """Return the number itself."""
        return self

    def is_integer(self) -> bool:
        """Whether it is a whole number."""
        return bool(mp.isint(self.value))

    def __hash__(self) -> int:
        return hash(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __floor__(self) -> int:
        return int(mp.floor(self.value))

    def __ceil__(self) -> int:
        return int(mp.ceil(self.value))

    __trunc__ = __int__

    def __round__(self, digits: int | None = None) -> Any:
        return round(float(self)) if digits is None else Exact(round(float(self), digits))

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __str__(self) -> str:
        return str(float(self))

    def __format__(self, spec: str) -> str:
        return format(float(self), spec)


def plain(value: Any) -> Any:
    """The number of mpmath's in an Exact, anything else as it is."""
    return value.value if type(value) is Exact else value


def exactly(function: Callable[..., Any]) -> Callable[..., Any]:
    """What does with Exact numbers what a function does with mpmath's."""

    def call(*arguments: Any) -> Exact:
        return Exact(function(*map(plain, arguments)))

    return call


def over(function: Callable[..., Any], reflected: bool = False) -> Callable[[Exact, Any], Any]:
    """Make the method for an operator."""

    def method(self: Exact, other: Any) -> Any:
        if not isinstance(other, (int, float)):
            return NotImplemented
        operands = (plain(other), self.value) if reflected else (self.value, plain(other))
        result = function(*operands)
        return Exact(result) if isinstance(result, mpf) else result

    return method


def floor_division(x: Any, y: Any) -> Any:
    """`x // y`, which mpmath's numbers lack."""
    return mp.floor(mpf(x) / y)


for _name, _function in {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": floor_division, "mod": operator.mod, "pow": operator.pow,
}.items():  # fmt: skip
    setattr(Exact, f"__{_name}__", over(_function))
    setattr(Exact, f"__r{_name}__", over(_function, reflected=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Exact, f"__{_name}__", over(getattr(operator, _name)))
for _name in ("neg", "pos", "abs"):
    setattr(Exact, f"__{_name}__", exactly(getattr(operator, _name)))


def keep_float(*arguments: Any) -> Any:
    """`float` that gives an Exact back as it is."""
    return arguments[0] if [type(x) for x in arguments] == [Exact] else float(*arguments)


def type_of(*arguments: Any) -> Any:
    """`type`, for which an Exact is a float."""
    return float if [type(x) for x in arguments] == [Exact] else type(*arguments)


def distance(p: Any, q: Any) -> Any:
    """`math.dist`."""
    return Exact(mp.sqrt(mp.fsum((plain(x) - plain(y)) ** 2 for x, y in zip(p, q, strict=True))))


def callables(resolve: Callable[[Any], Any]) -> Iterator[tuple[Callable[..., Any], Alias]]:
    """The functions that programs call, and what they are over Exact numbers."""
    same = "acos asin atan atan2 cos degrees erf exp expm1 fabs hypot log log10 log1p radians sin sqrt tan tanh"
    for name in same.split():
        yield getattr(math, name), Alias(name, exactly(getattr(mp, name)))
    yield math.log2, Alias("log2", exactly(lambda x: mp.log(x, 2)))
    yield math.pow, Alias("pow", exactly(operator.pow))
    yield math.fsum, Alias("fsum", lambda values: Exact(mp.fsum(map(plain, values))))
    yield math.dist, Alias("dist", distance)
    yield float, Alias("float", keep_float)
    yield type, Alias("type", type_of)
    for function, position, keyword in CALLERS:
        yield function, Alias(function.__name__, calling(function, resolve, position, keyword))


SYNTAX: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
    ast.USub: operator.neg, ast.UAdd: operator.pos,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip


def resolve(callee: Any) -> Any:
    """What rewritten code calls in place of `callee`."""
    return dispatcher.follow(callee)


def around_cache(cached: Any) -> Callable[..., Any]:
    """The function behind a cache."""
    return resolve(cached.__wrapped__)  # type: ignore[no-any-return]


targets = Targets(
    operators={kind: Alias(function.__name__, function) for kind, function in SYNTAX.items()},
    in_place={},
    callables=tuple(callables(resolve)),
    by_type={functools._lru_cache_wrapper: around_cache},
    switch=Switch(),
    excluded=frozenset(sys.stdlib_module_names) | {__name__, "mpmath"},
)
targets.switch.hold()
converter = Converter(targets)
dispatcher = Dispatcher(targets, converter)


@functools.cache
def _copy(module: ModuleType) -> ModuleType:
    """A copy of a module under another name, for nobody else to convert."""
    assert module.__file__ is not None
    name = f"exact_{module.__name__}"
    spec = importlib.util.spec_from_file_location(name, module.__file__)
    assert spec is not None and spec.loader is not None
    copy = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


@functools.cache
def exact(function: Callable[..., Any]) -> Callable[..., Any]:
    """A plain program as it is over Exact numbers: from mpmath's numbers to one of those.

    >>> import programs
    >>> with mp.workdps(30):
    ...     print(exact(programs.babylonian_root)(mpf(2)) - mp.sqrt(2) < 1e-27)
    True
    """
    converted = converter.convert(getattr(_copy(sys.modules[function.__module__]), function.__name__))

    def run(*point: Any) -> Any:
        return plain(converted(*map(Exact, point)))

    return run
