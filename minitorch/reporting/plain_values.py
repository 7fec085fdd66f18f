"""Values of a run that no operation made, read and written without running anybody's code.

{"level": 2.5}          {'level': 2.5}
Tank(2.5)               Tank object
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from enum import Enum
from types import (
    BuiltinFunctionType,
    FrameType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any, Final, NamedTuple

from minitorch.autodiff.topological_order import is_variable
from minitorch.drawing.array_texts import has_axes, range_text, shape_text
from minitorch.drawing.safe_text import readable
from minitorch.reporting.numerals import numeral

__all__ = ["MISSING", "Seen", "read", "seen", "value_text"]

MISSING: Final = object()
"""What is read where nothing is, or where reading might run the user's code."""

MAX_ITEMS: Final = 4
MAX_TEXT: Final = 24
MAX_DEPTH: Final = 2
MAX_INT_BITS: Final = 60

KEYS: Final = frozenset({int, str, bool, float, bytes, type(None)})
"""Types of keys and positions whose comparison is Python's own."""

ARITHMETIC: Final = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Mod: operator.mod}


class Seen(NamedTuple):
    """What is kept of a value: never the value itself, which would keep its history.

    Args:
        unique_id: that of a Variable; zero for a value without a history.
        number: the value as a number; nan where it is not one.
        text: what is shown in place of the number; `None` where the number says it.
        is_plain: whether neither it nor an item of it has a history.
    """

    unique_id: int
    number: float
    text: str | None
    is_plain: bool


def read(node: ast.expr, frame: FrameType) -> Any:
    """Return the value of a name, an attribute or a subscript in a frame, `MISSING` if that might run code."""
    if isinstance(node, ast.Name):
        value = frame.f_locals.get(node.id, MISSING)
        return frame.f_globals.get(node.id, MISSING) if value is MISSING else value
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Attribute):
        return attribute(read(node.value, frame), node.attr)
    if isinstance(node, ast.Subscript):
        return item(read(node.value, frame), read(node.slice, frame))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = read(node.operand, frame)
        return -value if type(value) is int else MISSING
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        left, right = read(node.left, frame), read(node.right, frame)
        known = type(left) is int and type(right) is int and (right or not isinstance(node.op, ast.Mod))
        return ARITHMETIC[type(node.op)](left, right) if known else MISSING
    return MISSING


def attribute(owner: Any, name: str) -> Any:
    """Return an attribute that an object keeps itself, in its dict or a slot."""
    descriptor = of_type(owner, name)
    if type(descriptor) is MemberDescriptorType:
        try:
            return descriptor.__get__(owner)
        except AttributeError:
            return MISSING
    if of_type(descriptor, "__set__") is not MISSING:
        return MISSING
    if type(of_type(owner, "__dict__")) is not GetSetDescriptorType:
        return MISSING
    namespace = object.__getattribute__(owner, "__dict__")
    return namespace.get(name, MISSING) if type(namespace) is dict else MISSING


def of_type(owner: Any, name: str) -> Any:
    """Return what the class of an object has under a name; no descriptor is asked."""
    for kind in type.__getattribute__(type(owner), "__mro__"):
        namespace = type.__getattribute__(kind, "__dict__")
        if name in namespace:
            return namespace[name]
    return MISSING


def item(owner: Any, key: Any) -> Any:
    """Return an item of one of Python's own containers."""
    keys = key if type(key) is tuple else (key,)
    if type(owner) not in (list, tuple, dict) or not all(type(x) in KEYS for x in keys):
        return MISSING
    if type(owner) is dict and not all(type(x) in KEYS or type(x) is tuple for x in owner):
        return MISSING
    try:
        return owner[key]
    except (LookupError, TypeError):
        return MISSING


def seen(value: Any) -> Seen:
    """Return what is kept of a value."""
    kind = type(value)
    if kind is float:
        return Seen(0, value, None, is_plain=True)
    if not is_variable(value):
        items = list(value.values()) if kind is dict else value if kind is list or kind is tuple else ()
        has_history = any(is_variable(x) and x.creator is not None for x in items[:MAX_ITEMS])
        return Seen(0, number_of(value), value_text(value), not has_history)
    plain = value.get_data()
    text = None if type(plain) is float else range_text(plain) if has_axes(plain) else value_text(plain)
    is_plain = value.creator is None
    return Seen(0 if is_plain else value.unique_id, number_of(plain), text, is_plain)


def number_of(value: Any) -> float:
    """Return a number as a float; nan for what is not a number, and for one that no float can hold."""
    kind = type(value)
    if kind is float or kind is bool or (kind is int and value.bit_length() <= MAX_INT_BITS):
        return float(value)
    return float(value.real) if kind is complex else float("nan")


def value_text(value: Any, depth: int = 0) -> str:
    """Write a value briefly.

    >>> value_text([1.0, 2, "three"]), value_text(1 / 3), value_text({"a": True}), value_text(None), value_text(len)
    ("[1, 2, 'three']", '0.333333', "{'a': True}", 'None', 'len()')
    """
    kind = type(value)
    if is_variable(value):
        return value_text(value.get_data(), depth)
    if kind is float:
        return numeral(value)
    if kind is int:
        return str(value) if value.bit_length() <= MAX_INT_BITS else f"int of {value.bit_length()} bits"
    if kind is complex:
        return f"{numeral(value.real)}{'' if numeral(value.imag)[0] == '-' else '+'}{numeral(value.imag)}j"
    if value is None or kind is bool:
        return str(value)
    if kind is str or kind is bytes:
        return readable(repr(value[:MAX_TEXT]) + "…" * (len(value) > MAX_TEXT), 2 * MAX_TEXT)
    if kind in (list, tuple, dict, set, frozenset):
        return items_text(value, depth)
    if kind is range:
        return f"range({value.start}, {value.stop}{f', {value.step}' * (value.step != 1)})"
    return array_text(value) if is_numpy(value) else object_text(value)


def items_text(values: Any, depth: int) -> str:
    """Write a container: its first items, or only how many there are."""
    kind = type(values)
    begin, end = ("[", "]") if kind is list else ("(", ")") if kind is tuple else ("{", "}")
    if depth >= MAX_DEPTH:
        return f"{begin}…{end}" if values else f"{begin}{end}"
    words = []
    # A dict or a set may be changed by another thread meanwhile, a copy is made in one go.
    for x in (list(values.items()) if kind is dict else list(values))[:MAX_ITEMS]:
        pair = x if kind is dict else (x,)
        words.append(": ".join(value_text(part, depth + 1) for part in pair))
    if len(values) > MAX_ITEMS:
        words.append(f"… {len(values)} in all")
    single = "," * (kind is tuple and len(values) == 1)
    return f"{begin}{', '.join(words)}{single}{end}" if values or kind is not set else "set()"


def is_numpy(value: Any) -> bool:
    """Return whether a value is an array or a number of numpy's own types."""
    return type.__getattribute__(type(value), "__module__") == "numpy" and hasattr(type(value), "dtype")


def array_text(value: Any) -> str:
    """Write an array: its shape, and smallest, mean and largest element; its only number where it has no axes."""
    if not value.ndim:
        return value_text(value.item())
    return f"{shape_text(value)}: {range_text(value)}"


def object_text(value: Any) -> str:
    """Write an object of another kind by its type, or by its name if it has one that is only looked up."""
    kind = type(value)
    if kind in (FunctionType, BuiltinFunctionType):
        return readable(f"{value.__name__}()")
    if kind is MethodType:
        function = value.__func__
        return readable(f"{function.__name__}()") if type(function) is FunctionType else "method"
    if kind is ModuleType:
        return "module"
    name = readable(str(type.__getattribute__(kind, "__name__")))
    if issubclass(kind, type):
        return readable(f"class {type.__getattribute__(value, '__name__')}")
    members: Mapping[str, Any] = type.__getattribute__(kind, "__dict__")
    if issubclass(kind, Enum) and "_member_map_" in members:
        return readable(f"{name}.{object.__getattribute__(value, '_name_')}")
    return f"{name} object"
