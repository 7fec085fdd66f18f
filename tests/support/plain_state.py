"""What a module keeps, as text that is the same of equal ones: numbers to the last bit, objects by their parts."""

from __future__ import annotations

import collections
import enum
import re
import types
from collections.abc import Callable
from typing import Any

import minitorch
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.scalar import Indicator

__all__ = ["neutral", "shown", "state_of"]

ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
ATOMS = (int, str, bytes, bool, type(None), types.EllipsisType, types.NotImplementedType)


METHODS = (types.MethodType, types.BuiltinMethodType, types.MethodWrapperType)
"""The types of methods of one object: those of Variables are written in Python, those of floats in C."""

OF_C = re.compile(r"builtin_function_or_method|method-wrapper")


def neutral(text: str) -> str:
    """Text without addresses, and with one name for the types of methods.

    >>> neutral("not 'builtin_function_or_method' at 0x7f10b13aa200")
    "not 'method' at 0x…"
    """
    return OF_C.sub("method", ADDRESS.sub("0x…", text))


def shown(value: Any, is_plain: bool = True, depth: int = 6) -> str:
    """A value as text.

    Args:
        value: any object.
        is_plain: whether a Variable in it is wrong; else one without history is shown as its number.
        depth: how deeply to look into it.

    >>> shown([1.5, (True, "k")]), shown(minitorch.Scalar(2.0), is_plain=False)
    ("list [0x1.8000000000000p+0, tuple [bool True, str 'k']]", '0x1.0000000000000p+1 with a history')
    """
    kind = type(value)
    if issubclass(kind, (minitorch.Variable, ComplexScalar)):
        text = shown(bool(value.data) if kind is Indicator else value.data)
        if is_plain:
            return f"{kind.__name__} {text}"
        parts = (value.real, value.imag) if kind is ComplexScalar else (value,)
        return text if all(part.history is None for part in parts) else f"{text} with a history"
    if kind is float:
        return value.hex()  # type: ignore[no-any-return]
    if kind in ATOMS:
        return neutral(f"{kind.__name__} {value!r}")
    if depth == 0:
        return "…"

    def inner(part: Any) -> str:
        return shown(part, is_plain, depth - 1)

    if isinstance(value, enum.Enum):
        return f"{kind.__name__}.{value.name}"
    if isinstance(value, (dict, types.MappingProxyType)):
        text = "{" + ", ".join(f"{inner(key)}: {inner(item)}" for key, item in value.items()) + "}"
    elif isinstance(value, (list, tuple, collections.deque)):
        text = f"[{', '.join(map(inner, value))}]"
    elif isinstance(value, (set, frozenset)):
        text = f"[{', '.join(sorted(map(inner, value)))}]"
    elif isinstance(value, BaseException):
        text = f"({value}) {inner(value.args)}"
    elif isinstance(value, types.FunctionType):
        cells = [inner(cell.cell_contents) for cell in value.__closure__ or () if not callable(cell.cell_contents)]
        return f"function {value.__name__} {inner(value.__defaults__)} {cells} {own_attributes(value, inner)}"
    elif isinstance(value, METHODS):
        owner = value.__self__
        return f"method {value.__name__} of {'a module' if isinstance(owner, types.ModuleType) else inner(owner)}"
    elif isinstance(value, type):
        return f"{kind.__name__} {value.__name__}"
    else:
        text = neutral(repr(value)) if isinstance(value, (float, complex)) else ""
    return f"{kind.__name__} {text}{own_attributes(value, inner)}"


def own_attributes(value: Any, inner: Callable[[Any], str]) -> str:
    """What an object keeps in its dict and its slots, but for what Python itself keeps there."""
    names = [name for cls in type(value).__mro__ for name in vars(cls).get("__slots__", ())]
    known = getattr(value, "__dict__", {})
    kept = {name: getattr(value, name) for name in names if hasattr(value, name)} | dict(known)
    parts = [f"{name}={inner(part)}" for name, part in kept.items() if not name.startswith("__")]
    return f"({', '.join(parts)})" if parts else ""


def state_of(module: types.ModuleType, is_plain: bool) -> dict[str, str]:
    """All that a module keeps, by name: its globals, and what its functions and classes keep.

    Args:
        module: the module.
        is_plain: as for `shown`.
    """
    state = {}
    for name, value in vars(module).items():
        if name.startswith("__") or isinstance(value, types.ModuleType) or name == "NamedTuple":
            continue
        if isinstance(value, type):
            kept = {key: part for key, part in vars(value).items() if type(part) in (int, float, dict, list)}
            state[name] = shown(kept, is_plain)
        else:
            state[name] = shown(value, is_plain)
    return state
