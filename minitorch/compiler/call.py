"""The arguments of a call, flattened: floats are inputs, all else belongs to the key of the specialization.

    f(0.5, [1.5, 2], method="fast")      inputs 0.5, 1.5      key: where they stand, the int 2, the text 'fast'

Whole numbers that one differentiates by are inputs as well. Objects are told apart by identity; what is read from them
is compared (see `guards.environment`).
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from minitorch.autodiff.variable import Variable
from minitorch.compiler.aliasing import keys_in_order
from minitorch.compiler.guards.snapshots import BY_IDENTITY, is_atom
from minitorch.scalars.containers import MAPPINGS
from minitorch.scalars.float_protocol import Tracked
from minitorch.scalars.pytrees import WHOLE, Layout, flatten, is_array, rebuild, unfold

__all__ = ["Arguments", "HoldsArrays", "flatten_call"]


class HoldsArrays(Exception):
    """Arrays take part in a call: it runs in Python, at numpy's speed.

    Args:
        answer: what the call has come to; `None` if it is yet to be run.
    """

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer


class Arguments(NamedTuple):
    """The arguments of a call.

    Args:
        numbers: its inputs.
        names: what to call each of them.
        key: equal for calls that one specialization may serve.
        fill: returns positional and keyword arguments with other inputs in them.
        objects: what the key knows by identity.
        wanted: which inputs to differentiate by.
        layouts: where these stand, for each argument that is differentiated by.
        all_floats: whether all arguments are positional floats, which are inputs in their order.
        whole: the types of the inputs that stay whole in their structures; `None` for others.
    """

    numbers: list[float]
    names: list[str | None]
    key: Hashable
    fill: Callable[[Sequence[Any]], tuple[list[Any], dict[str, Any]]]
    objects: list[Any]
    wanted: list[int]
    layouts: list[Layout]
    all_floats: bool
    whole: list[type | None]

    def recorded(self) -> list[Any]:
        """Return its inputs as a run has them: those that stay whole as ints."""
        return [x if kind is None else kind(x) for x, kind in zip(self.numbers, self.whole, strict=True)]


def flatten_call(
    args: tuple[Any, ...], kwargs: dict[str, Any], names: Sequence[str], positions: Sequence[int]
) -> Arguments | None:
    """Return the arguments of a call, with its inputs and its key.

    Args:
        args: its positional arguments.
        kwargs: its keyword arguments.
        names: what the positional ones are called.
        positions: those that are differentiated by.

    Returns:
        `None` if there are Variables among them, whose history machine code would lose.

    Raises:
        HoldsArrays: there are arrays of floats among them.

    >>> arguments = flatten_call((0.5, 2), {}, ["x", "n"], [])
    >>> arguments.numbers, arguments.names, arguments.fill([1.5])
    ([0.5], ['x'], ([1.5, 2], {}))
    """
    numbers: list[float] = []
    labels: list[str | None] = []
    keys: list[Hashable] = []
    rebuilders: list[Callable[[Any], Any]] = []
    objects: list[Any] = []
    wanted: list[int] = []
    spans: dict[int, tuple[list[int], Layout]] = {}
    whole: list[type | None] = []
    values = [*args, *kwargs.values()]
    titles = [*names[: len(args)], *[None] * (len(args) - len(names)), *kwargs]
    for position, (value, title) in enumerate(zip(values, titles, strict=True)):
        differentiated = position in positions
        part = flatten_argument(value, title, differentiated, objects)
        if part is None:
            return None
        inputs, names_of_inputs, key, rebuilder, layout = part
        whole += whole_kinds(value, layout) if differentiated else [None] * len(inputs)
        if differentiated:
            spans[position] = list(range(len(numbers), len(numbers) + len(inputs))), layout
        numbers += inputs
        labels += names_of_inputs
        keys.append(key)
        rebuilders.append(rebuilder)
    for position in positions:
        indices, _ = spans[position]
        wanted += indices

    def fill(inputs: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        following = iter(inputs)
        filled = [rebuilder(following) for rebuilder in rebuilders]
        return filled[: len(args)], dict(zip(kwargs, filled[len(args) :], strict=True))

    all_floats = not kwargs and all(key == FLOAT for key in keys)
    key = (len(args), tuple(kwargs), tuple(keys))
    return Arguments(numbers, labels, key, fill, objects, wanted, [spans[p][1] for p in positions], all_floats, whole)


FLOAT = "float"
"""The key of a float."""

Part: TypeAlias = tuple[list[float], list[str | None], Hashable, Callable[[Any], Any], Layout]


def flatten_argument(value: Any, title: str | None, differentiated: bool, objects: list[Any]) -> Part | None:
    """Return the inputs in one argument, their names, its key, what rebuilds it and its layout.

    Args:
        value: the argument.
        title: its name, if it has one.
        differentiated: whether it is differentiated by; then whole numbers in it are inputs, too.
        objects: gets what the key knows by identity.

    Returns:
        `None` if there are Variables in it.
    """
    if type(value) is float or (differentiated and type(value) in (int, bool)):
        return [float(value)], [title], FLOAT, next, flatten(0.0)[1]
    kinds = set(map(type, value)) if type(value) in (list, tuple) and value else EVERYTHING
    if kinds <= (PLAIN_NUMBERS if differentiated else JUST_FLOATS):
        inputs = [*value] if kinds == JUST_FLOATS else [float(x) for x in value]
        return inputs, *sequence_of_floats(type(value) is tuple, len(value), title, differentiated)
    check_dataclasses(value)
    leaves, spec = unfold(value)
    if any(issubclass(type(leaf), (Tracked, Variable)) for leaf in leaves):
        return None
    if any(is_array(leaf) and leaf.ndim and leaf.dtype.kind in "fc" for leaf in leaves):
        raise HoldsArrays
    if differentiated:
        values, layout = flatten(value)
        leaf_keys = tuple((leaf.shape, leaf.is_number, key_of(leaf.value, objects)) for leaf in layout.leaves)
        key: Hashable = ("own", layout.spec, keys_in_order(value), leaf_keys, tuple(whole_kinds(value, layout)))
        if any(abs(x) >= MAX_WHOLE for x in values if type(x) in WHOLE):
            return None
        return (
            [float(x) for x in values],
            layout.names(title),
            key,
            functools.partial(fill_from, layout),
            layout,
        )
    numbers: list[float] = []
    fillers: list[Callable[[Any], Any]] = []
    keys: list[Hashable] = []
    for leaf in leaves:
        if type(leaf) is float or (isinstance(leaf, float) and type(leaf).__module__ == "numpy"):
            numbers.append(float(leaf))
            fillers.append(next)
            keys.append(FLOAT)
        else:
            fillers.append(functools.partial(constant, leaf))
            keys.append(key_of(leaf, objects))
    names: list[str | None] = [title if len(numbers) == 1 else None] * len(numbers)
    is_float = spec is None and keys == [FLOAT]

    def rebuilder(following: Any) -> Any:
        return rebuild(spec, [fill(following) for fill in fillers])

    return numbers, names, FLOAT if is_float else (spec, keys_in_order(value), tuple(keys)), rebuilder, flatten(0.0)[1]


def whole_kinds(value: Any, layout: Layout) -> list[type | None]:
    """Return the type of each number of an argument that stays whole; `None` for each other one.

    Args:
        value: the argument.
        layout: where its numbers stand.
    """
    if not layout.keeps_whole:
        return [None] * layout.size
    return [type(x) if type(x) in WHOLE else None for x in flatten(value)[0]]


MAX_WHOLE: Final = 1 << 53
"""Machine code has whole numbers as floats, which from here on are not all there."""

JUST_FLOATS: Final = frozenset({float})
PLAIN_NUMBERS: Final = frozenset({float, int, bool})
EVERYTHING: Final = frozenset({object})


@functools.lru_cache(maxsize=256)
def sequence_of_floats(
    is_tuple: bool, length: int, title: str | None, differentiated: bool
) -> tuple[list[str | None], Hashable, Callable[[Any], Any], Layout]:
    """Return names, key, rebuilder and layout of a list or a tuple of floats, which are the same for all as long.

    Args:
        is_tuple: whether it is a tuple.
        length: how many floats it has.
        title: its name, if it has one.
        differentiated: whether it is differentiated by.
    """
    kind: Callable[[Iterable[float]], Any] = tuple if is_tuple else list
    layout = flatten(kind([0.0] * length))[1] if differentiated else flatten(0.0)[1]
    names = layout.names(title) if differentiated else [title if length == 1 else None] * length
    return names, (is_tuple, length, differentiated), functools.partial(take, kind, length), layout


def take(kind: Callable[[Iterable[Any]], Any], length: int, following: Iterator[Any]) -> Any:
    """Return a list or a tuple of the next numbers."""
    return kind(itertools.islice(following, length))


def fill_from(layout: Layout, following: Iterator[Any]) -> Any:
    """Return a structure with the next numbers in it."""
    return layout.fill([next(following) for _ in range(layout.size)])


def constant(leaf: Any, following: Iterator[Any]) -> Any:
    """Return a value that belongs to the key; it takes none of the next numbers."""
    return leaf


def key_of(value: Any, objects: list[Any]) -> Hashable:
    """Return what tells a value from others: its type and text if it never changes, else which object it is."""
    if is_atom(value) and not isinstance(value, BY_IDENTITY):
        return type(value), repr(value)
    objects.append(value)
    return type(value), id(value)


def check_dataclasses(value: Any) -> None:
    """Raise for objects of dataclasses that keep more than their fields, which no key would tell apart.

    Raises:
        TypeError: there is one.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = {field.name for field in dataclasses.fields(value)}
        extra = set(getattr(value, "__dict__", ())) - names
        if extra:
            raise TypeError(f"an argument of type {type(value).__name__} keeps {min(extra)!r} outside its fields")
        parts = [getattr(value, name) for name in names]
    elif isinstance(value, MAPPINGS):
        parts = list(value.values())
    else:
        parts = list(value) if isinstance(value, (list, tuple)) else []
    for part in parts:
        if type(part) not in (float, int, str):
            check_dataclasses(part)
