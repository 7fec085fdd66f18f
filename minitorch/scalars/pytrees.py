"""The numbers in the structures that people keep them in: taken out in order, and put back into the same places.

Lists, tuples, dicts, named tuples, dataclasses and whatever else is registered with optree, nested in any way, and
numpy arrays. What is not a number (`None`, text, other objects) stays where it is.

    {"mass": 2.0, "at": [0.5, None]}   ->   numbers [0.5, 2.0], layout {'mass': float, 'at': [float, None]}

numpy is loaded only when a value needs it, as optree is.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import numbers
import sys
from collections.abc import Sequence
from typing import Any, Final

from minitorch.autodiff.variable import Variable
from minitorch.scalars.containers import FlatSequence, map_leaves, rebuild, unfold
from minitorch.scalars.element_names import names_of_items, places
from minitorch.scalars.plain_arrays import as_plain_floats, is_array

__all__ = [
    "WHOLE", "Layout", "Leaf", "array_of", "flatten", "is_array", "is_dask_array", "is_object_array", "map_leaves",
    "rebuild", "unfold",
]  # fmt: skip

_NUMBERS: Final = frozenset({float, int, bool})

WHOLE: Final = frozenset({int, bool})
"""The types of numbers that stay whole in structures."""


# -- arrays ------------------------------------------------------------------------------------------------------------


def is_dask_array(value: Any) -> bool:
    """Return whether a value is a dask array, asked without loading dask."""
    arrays = sys.modules.get("dask.array")
    return arrays is not None and isinstance(value, arrays.Array)


def is_object_array(value: Any) -> bool:
    """Return whether a value is an array of Python objects, which may be Variables."""
    return is_array(value) and value.dtype.kind == "O"


def array_of(values: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Make an array: of floats, or of objects where other values than plain numbers are among them.

    >>> array_of([1, 2, 3, 4], (2, 2))
    array([[1., 2.],
           [3., 4.]])
    """
    import numpy

    plain = all(not issubclass(type(value), Variable) and isinstance(value, numbers.Real) for value in values)
    kind = float if plain else object
    return numpy.fromiter(values, kind, len(values)).reshape(shape)


# -- numbers -----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Leaf:
    """What stands at one place of a structure.

    Args:
        shape: that of an array, () of a number, None of anything else.
        is_number: whether it is one number by itself.
        value: what stands there if it is neither.
        whole: whether the array counts as one among the numbers, and not element by element.
    """

    shape: tuple[int, ...] | None
    is_number: bool = False
    value: Any = dataclasses.field(default=None, compare=False)
    whole: bool = False

    @property
    def size(self) -> int:
        """How many numbers it has."""
        if self.whole:
            return 1
        return 0 if self.shape is None else math.prod(self.shape)

    def fill(self, values: Sequence[Any]) -> Any:
        """Return what stands there with other numbers in it."""
        if self.is_number or self.whole:
            return values[0]
        return self.value if self.shape is None else array_of(values, self.shape)

    def __repr__(self) -> str:
        if self.is_number:
            return "float"
        return repr(self.value) if self.shape is None else f"array{self.shape}"


NUMBER: Final = Leaf((), is_number=True)


@dataclasses.dataclass(frozen=True)
class Layout:
    """Where the numbers of a structure stand.

    Args:
        spec: the specification of its containers, None for a leaf alone.
        leaves: its places in order.
    """

    spec: Any
    leaves: tuple[Leaf, ...]

    @functools.cached_property
    def size(self) -> int:
        """How many numbers there are."""
        return len(self.leaves) if self.has_numbers_alone else sum(leaf.size for leaf in self.leaves)

    @functools.cached_property
    def has_numbers_alone(self) -> bool:
        """Whether each place is one number by itself."""
        return all(leaf is NUMBER for leaf in self.leaves)

    @functools.cached_property
    def keeps_whole(self) -> bool:
        """Whether ints in it stay whole: in all but numbers by themselves, and lists and tuples of numbers alone."""
        return self.spec is not None and not (type(self.spec) is FlatSequence and self.has_numbers_alone)

    def rebuild(self, leaves: Sequence[Any]) -> Any:
        """Return the structure with other leaves."""
        return rebuild(self.spec, leaves)

    def fill(self, values: Sequence[Any]) -> Any:
        """Return the structure with other numbers in their places.

        >>> numbers, layout = flatten({"mass": 2.0, "at": [0.5, None]})
        >>> layout.fill([1.0, 3.0])
        {'mass': 3.0, 'at': [1.0, None]}
        """
        if self.spec is None:
            return self.leaves[0].fill(values)
        if self.has_numbers_alone:
            return self.rebuild(values)
        leaves = []
        start = 0
        for leaf in self.leaves:
            leaves.append(leaf.fill(values[start : start + leaf.size]))
            start += leaf.size
        return self.rebuild(leaves)

    def numbers_of(self, tree: Any, what: str) -> list[Any]:
        """Take the numbers out of another structure of this layout.

        Args:
            tree: the structure; None in place of numbers stands for zeros, what is not a number here is ignored.
            what: what to call it in an error.

        Raises:
            TypeError: the layouts differ.
        """
        if tree is None:
            return [0.0] * self.size
        leaves, spec = unfold(tree)
        if spec != self.spec or len(leaves) != len(self.leaves):
            raise TypeError(f"{what} must have the structure {self}, not {shown(tree)}")
        values: list[Any] = []
        for leaf, other in zip(self.leaves, leaves, strict=True):
            if leaf.shape is None or other is None:
                values.extend([0.0] * leaf.size)
                continue
            own, given = numbers_at(other, leaf.whole)
            if given.shape != leaf.shape:
                raise TypeError(f"{what} must have the structure {self}, not {shown(tree)}")
            if leaf.whole:
                values += own
                continue
            values.extend(x if issubclass(type(x), Variable) else float(x) for x in own)
        return values

    def names(self, name: str | None) -> list[str | None]:
        """Return what to call each number of a structure that goes by a name, as Python would write it.

        >>> flatten({"mass": 2.0, "at": [0.5, None]})[1].names("ball")
        ["ball['at'][0]", "ball['mass']"]
        """
        if name is None:
            return [None] * self.size
        if self.spec is None:
            paths = [name]
        elif type(self.spec) is FlatSequence:
            paths = names_of_items(name, len(self.leaves))
        else:
            paths = [accessor.codify(name) for accessor in self.spec.accessors()]
        if self.has_numbers_alone:
            return [*paths]
        names: list[str | None] = []
        for path, leaf in zip(paths, self.leaves, strict=True):
            one = leaf.is_number or leaf.whole
            names.extend([path] if one else [f"{path}[{place}]" for place in places(leaf.shape)])
        return names

    def __repr__(self) -> str:
        return repr(self.rebuild(self.leaves))


def flatten(tree: Any, whole: bool = False) -> tuple[list[Any], Layout]:
    """Return the numbers of a structure in order, and where they stand.

    Args:
        tree: the structure.
        whole: whether an array of numbers counts as one.

    Raises:
        TypeError: it has numbers that are not real; the message goes on where "the structure" ends.

    >>> flatten([1.5, None, (2,)])
    ([1.5, 2], [float, None, (float,)])
    """
    if type(tree) in _NUMBERS or (issubclass(type(tree), Variable) and not tree.holds_array):
        return [tree], ONE_NUMBER
    if whole and is_array(tree) and tree.ndim and tree.dtype.kind == "f":
        return [as_plain_floats(tree)], one_array(tree.shape)
    if whole and issubclass(type(tree), Variable) and not tree.array.ndim:
        return numbers_at(tree, whole)[0], ONE_NUMBER
    leaves, spec = unfold(tree)
    if spec is not None and _NUMBERS.issuperset(map(type, leaves)):
        return leaves, Layout(spec, (NUMBER,) * len(leaves))
    values: list[Any] = []
    kinds = []
    for leaf in leaves:
        leaf_values, kind = numbers_at(leaf, whole)
        values.extend(leaf_values)
        kinds.append(kind)
    return values, Layout(spec, tuple(kinds))


ONE_NUMBER: Final = Layout(None, (NUMBER,))


@functools.lru_cache(maxsize=256)
def one_array(shape: tuple[int, ...]) -> Layout:
    """Return the layout of an array that counts as one number."""
    return Layout(None, (Leaf(shape, whole=True),))


def numbers_at(leaf: Any, whole: bool = False) -> tuple[list[Any], Leaf]:
    """Return the numbers in one leaf, and what it is."""
    if type(leaf) in _NUMBERS:
        return [leaf], NUMBER
    if issubclass(type(leaf), Variable):
        return numbers_in_variable(leaf, whole) if leaf.holds_array else ([leaf], NUMBER)
    if is_array(leaf):
        if whole and leaf.ndim and leaf.dtype.kind in "fiub":
            return [as_plain_floats(leaf)], Leaf(leaf.shape, whole=True)
        return numbers_in_array(leaf)
    if isinstance(leaf, numbers.Real):
        return [leaf], NUMBER
    if isinstance(leaf, numbers.Number):
        raise TypeError(f"must be a real number, not a {leaf.__class__.__name__}")
    return [], Leaf(None, value=leaf)


def numbers_in_variable(variable: Any, whole: bool) -> tuple[list[Any], Leaf]:
    """Return the Variable of an array, or a Scalar for each of its elements, and what it is."""
    node = variable.present()
    if node.dtype.kind == "c":
        raise TypeError(f"must have real numbers, not those of an array of {node.dtype}")
    if not node.ndim:
        return [node if whole else node.item()], NUMBER
    return ([node], Leaf(node.shape, whole=True)) if whole else (node.reshape(-1).tolist(), Leaf(node.shape))


def numbers_in_array(array: Any) -> tuple[list[Any], Leaf]:
    """Return the elements of an array, if they are numbers; an array without dimensions is a number itself."""
    if array.dtype.kind == "c":
        raise TypeError(f"must have real numbers, not those of an array of {array.dtype}")
    elements: list[Any] = array.ravel().tolist()
    if array.dtype.kind == "O":
        elements = [element.item() if is_array(element) and element.ndim == 0 else element for element in elements]
        numeric = all(isinstance(element, numbers.Real) for element in elements)
    else:
        numeric = array.dtype.kind in "fiub"
    if not numeric:
        return [], Leaf(None, value=array)
    return elements, Leaf(array.shape) if array.ndim else NUMBER


def shown(tree: Any) -> str:
    """Describe a structure of any kind in an error."""
    try:
        return repr(flatten(tree)[1])
    except TypeError:
        return repr(tree)
