"""Reading parts of arrays: slices are views that write through, single elements are numbers of numpy's.

The adjoint of a part is added where it was taken from, at the cost of the part and not of the array.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.adjoints import Accumulator, Part, add_share, add_to_part
from minitorch.arrays.function import apply, plain, row
from minitorch.arrays.tensor import Tensor, constant, current, make_view, output_of, region
from minitorch.autodiff.grad_mode import is_recording, pausing

__all__ = ["Index", "Scattered", "Taken", "getitem", "is_basic", "normal_key"]

Take = Callable[[Any], Any]


BASIC: Final = frozenset({int, slice, type(None), type(Ellipsis)})
"""Types of indices that name each element once and give a view, as numpy's integers do."""


def is_basic(key: Any) -> bool:
    """Whether an index names each element once and gives a view: integers, slices, None and dots."""
    kind = type(key)
    if kind in BASIC or (kind is tuple and BASIC.issuperset(map(type, key))):
        return True
    if kind is tuple:
        return all(map(is_basic, key))
    return issubclass(kind, numpy.integer)


def normal_key(key: Any) -> tuple[Any, bool, bool]:
    """Return an index with plain arrays in it, whether it is a basic one, and whether it names each element once.

    >>> normal_key([0, 0])
    (array([0, 0]), False, False)
    """
    kind = type(key)
    if is_basic(key):
        return key, True, True
    if kind is tuple:
        key = tuple(map(plain_index, key))
        return key, False, not any(isinstance(k, numpy.ndarray) and k.dtype.kind != "b" for k in key)
    key = plain_index(key)
    return key, False, key.dtype.kind == "b" if isinstance(key, numpy.ndarray) else True


def plain_index(key: Any) -> Any:
    """Return one part of an index, arrays as they are now."""
    if type(key) is Tensor:
        return key.data
    if type(key) in (list, tuple):
        made = numpy.array([plain_index(k) for k in key])
        return made if made.size else made.astype(int)
    return numpy.array(key) if isinstance(key, numpy.ndarray) else key


def taken_at(x: Any, key: Any, once: bool) -> Any:
    """Return the part at an index."""
    return x[key]


def index_vjp(g: Any, y: Any, x: Any, key: Any, once: bool) -> Any:
    """Return the cotangent of the array: that of the part, zero elsewhere."""
    if type(x) is Tensor or type(g) is Tensor:
        return apply(Scattered, (g,), {"array": plain(x), "path": (), "key": key, "once": once})
    return Part(x, (), key, g, once)


def pull_index(node: Tensor, adjoint: Any, adjoints: dict[int, Any]) -> None:
    """Add the adjoint of a part to that of the array."""
    (x,), place = node.first_parent, node.first_partial
    known = adjoints.get(x.unique_id)
    if type(known) is Accumulator and place["once"] and known.buffer.dtype is adjoint.dtype is x.array.dtype:
        known.buffer[place["key"]] += adjoint
    elif type(place["key"]) is tuple and all(map(adds_axes, place["key"])):
        add_share(adjoints, x.unique_id, adjoint.reshape(x.array.shape))
    else:
        add_to_part(adjoints, x.unique_id, x.array, (), place["key"], adjoint, place["once"])


def adds_axes(key: Any) -> bool:
    """Return whether a part of an index takes all there is, or adds an axis."""
    return key is None or key is Ellipsis or (type(key) is slice and key == slice(None))


Index = row("ArrayIndex", taken_at, index_vjp, linear=True, pull=staticmethod(pull_index))


def region_vjp(g: Any, y: Any, x: Any, path: tuple[Take, ...]) -> Any:
    """Return the cotangent of the array that a view was read from."""
    if type(x) is Tensor or type(g) is Tensor:
        return apply(Scattered, (g,), {"array": plain(x), "path": path, "key": ..., "once": True})
    return Part(x, path, ..., g, True)


def pull_region(node: Tensor, adjoint: Any, adjoints: dict[int, Any]) -> None:
    """Add the adjoint of a view to that of the array."""
    (x,) = node.first_parent
    add_to_part(adjoints, x.unique_id, x.array, node.first_partial["path"], ..., adjoint, True)


Taken = row(
    "ArrayTaken", lambda x, path: region(x, path), region_vjp, linear=True, pull=staticmethod(pull_region)
)  # fmt: skip
"""What a view shows, read anew."""


def scattered(g: Any, array: Any, path: tuple[Take, ...], key: Any, once: bool) -> Any:
    """Return an array of zeros with `g` in a region."""
    return Part(array, path, key, numpy.asarray(g), once).alone().buffer


def scattered_vjp(g: Any, y: Any, part: Any, array: Any, path: tuple[Take, ...], key: Any, once: bool) -> Any:
    """Return the cotangent of the region."""
    for take in path:
        g = take(g)
    return g if key is Ellipsis else g[key]


Scattered = row("ArrayScattered", scattered, scattered_vjp, linear=True)


def getitem(self: Tensor, key: Any) -> Any:
    """Do `self[key]`."""
    x = self if self.now is None and self.window is None else current(self)
    kind = type(key)
    basic = once = True
    if kind not in BASIC and not (kind is tuple and BASIC.issuperset(map(type, key))):
        key, basic, once = normal_key(key)
    part = x.array[key]
    if x.creator is not None and (not pausing or is_recording()):
        made = output_of(Index, part, (x,), {"key": key, "once": once})
    else:
        made = constant(part)
    if basic:
        if isinstance(part, numpy.ndarray):
            make_view(self, made, operator.itemgetter(key), Taken)
        elif x.name is not None:
            made.name = f"{x.name}[{', '.join(map(str, key)) if kind is tuple else key}]"
    return made


def iterate(self: Tensor) -> Any:
    """Do `iter(self)`."""
    if not self.array.ndim:
        iter(self.array)  # raises in numpy's words
    return (getitem(self, index) for index in range(len(self.array)))


Tensor.__getitem__ = getitem  # type: ignore[method-assign]
Tensor.__iter__ = iterate  # type: ignore[method-assign]
