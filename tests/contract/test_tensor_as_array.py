"""A Tensor answers as the array does: whatever is asked of both has the same outcome, or is refused with the reason."""

from __future__ import annotations

import copy
import math
import operator
import pickle
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import Tensor
from minitorch.autodiff.errors import HistoryLostError
from minitorch.scalars.complex_scalar import ComplexScalar

ARRAYS: dict[str, Callable[[], Any]] = {
    "vector": lambda: np.array([0.5, -1.25, 3.0]),
    "matrix": lambda: np.array([[0.5, -1.25, 3.0], [2.0, 0.0, -0.75]]),
    "square": lambda: np.array([[2.0, 0.5], [0.25, 1.0]]),
    "fortran": lambda: np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "strided": lambda: np.arange(12.0).reshape(3, 4)[::2, ::-1],
    "empty": lambda: np.zeros((0, 3)),
    "without axes": lambda: np.array(1.5),
    "number": lambda: np.float64(-2.5),
    "single": lambda: np.array([0.5, 1.5], dtype=np.float32),
    "half": lambda: np.array([0.5, 1.5], dtype=np.float16),
    "long": lambda: np.array([0.5, 1.5], dtype=np.longdouble),
    "complex": lambda: np.array([1.0 + 2.0j, -0.5j]),
    "complex single": lambda: np.array([1.0 + 2.0j, -0.5j], dtype=np.complex64),
    "big-endian": lambda: np.array([0.5, 1.5], dtype=">f8"),
    "read-only": lambda: np.broadcast_to(np.array([0.5, 1.5]), (2, 2)),
    "one": lambda: np.array([4.0]),
}

EXPRESSIONS: dict[str, Callable[[Any], Any]] = {
    "isinstance": lambda x: isinstance(x, (np.ndarray, np.generic)),
    "isinstance float": lambda x: isinstance(x, float),
    "class": lambda x: x.__class__,
    "np.shape": np.shape,
    "np.ndim": np.ndim,
    "np.size": np.size,
    "np.isscalar": np.isscalar,
    "np.iscomplexobj": np.iscomplexobj,
    "np.isrealobj": np.isrealobj,
    "np.result_type": lambda x: np.result_type(x, np.float32),
    "np.issubdtype": lambda x: np.issubdtype(x.dtype, np.floating),
    "shape": lambda x: x.shape,
    "dtype": lambda x: x.dtype,
    "dtype is": lambda x: x.dtype == np.float64,
    "strides": lambda x: x.strides,
    "flags": lambda x: (x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable),
    "repr": repr,
    "str": str,
    "format": format,
    "format with digits": lambda x: f"{x:.3f}",
    "f-string": lambda x: f"{x} {x!r}",
    "percent": lambda x: "%s" % (x,),  # noqa: UP031
    "percent digits": lambda x: "%.2f" % x,  # noqa: UP031
    "array2string": lambda x: np.array2string(x, precision=2),
    "printoptions": lambda x: printed(x),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "deepcopy in a list": lambda x: copy.deepcopy([x, {"a": x}]),
    "own copy": lambda x: x.copy(),
    "len": len,
    "iter": lambda x: list(x),
    "iter of rows": lambda x: [list(row) for row in x],
    "reversed": lambda x: list(reversed(x)),
    "enumerate": lambda x: list(enumerate(x)),
    "unpacking": lambda x: unpacked(x),
    "zip": lambda x: list(zip(x, x, strict=True)),
    "bool": bool,
    "not": operator.not_,
    "if": lambda x: 1 if x else 2,
    "any": lambda x: any(x),
    "np.any": np.any,
    "==": lambda x: x == 0.5,
    "!= itself": lambda x: x != x,
    "<": lambda x: x < 1.0,
    ">= list": lambda x: x >= [0.0, 1.0, 2.0],
    "== None": lambda x: x == None,  # noqa: E711
    "== text": lambda x: x == "text",
    "in": lambda x: 0.5 in x,
    "in text": lambda x: "a" in x,
    "hash": hash,
    "in a set": lambda x: {x},
    "as a key": lambda x: {x: 1},
    "float": lambda x: float(x.real),
    "int": lambda x: int(x.real),
    "complex": complex,
    "index": operator.index,
    "list index": lambda x: [1, 2, 3][x],
    "round": round,
    "round digits": lambda x: round(x, 1),
    "floor": math.floor,
    "abs": abs,
    "neg": operator.neg,
    "invert": operator.invert,
    "& ": lambda x: x & 1,
    "divmod": lambda x: divmod(x, 2.0),
    "matmul": lambda x: x @ x,
    "add list": lambda x: operator.add(x, [1.0, 2.0]),
    "add text": lambda x: x + "a",
    "call": lambda x: x(),
    "missing": lambda x: x.no_such_attribute,
    "hasattr": lambda x: [hasattr(x, name) for name in ("fill", "nothing", "is_integer")],
    "last": lambda x: x[-1],
    "out of bounds": lambda x: x[17],
    "too many": lambda x: x[0, 0, 0, 0],
    "float index": lambda x: x[1.0],
    "text index": lambda x: x["a"],
    "mask of another shape": lambda x: x[np.array([True, False, True, True, True])],
    "empty list": lambda x: x[[]],
    "Ellipsis": lambda x: x[...],
    "empty tuple": lambda x: x[()],
    "None": lambda x: x[None],
    "tolist": lambda x: x.tolist(),
    "item": lambda x: x.item(),
    "item at": lambda x: x.item(1),
    "sum": lambda x: (np.sum(x), x.sum(), x.sum(axis=0)),
    "bad axis": lambda x: np.sum(x, axis=5),
    "max": lambda x: x.max(),
    "argmax": lambda x: (x.argmax(), type(x.argmax())),
    "reshape": lambda x: x.reshape(-1, 1),
    "bad reshape": lambda x: x.reshape(7, 7),
    "astype": lambda x: x.astype(np.float32),
    "astype int": lambda x: x.real.astype(int),
    "bad astype": lambda x: x.astype("no such type"),
    "assert_allclose": lambda x: np.testing.assert_allclose(x, x),
    "assert_allclose fails": lambda x: np.testing.assert_allclose(x, x + 1.0),
    "assert_array_equal": lambda x: np.testing.assert_array_equal(x, x.tolist()),
    "assert_equal": lambda x: np.testing.assert_equal(x, x),
    "allclose": lambda x: np.allclose(x, x),
    "array_equal": lambda x: np.array_equal(x, x),
    "broadcasting fails": lambda x: x + np.ones((5, 7)),
    "setattr": lambda x: setattr(x, "no_such_attribute", 1),
    "delitem": lambda x: operator.delitem(x, 0),
    "sorted": lambda x: sorted(x),
    "min of Python's": lambda x: min(x),
    "sum of Python's": lambda x: sum(x),
    "math.sqrt": lambda x: math.sqrt(abs(x)),
    "isfinite": np.isfinite,
    "where": lambda x: np.where(x != 0.5),
    "nonzero": lambda x: x.nonzero(),
    "real and imag": lambda x: (x.real, x.imag),
    "ufunc wrong count": lambda x: np.add(x),
    "ufunc keyword": lambda x: np.add(x, x, nothing=1),
}  # fmt: skip

CALLS: dict[str, tuple[Any, ...]] = {
    "__add__": (1.0,), "__and__": (1,), "__array_wrap__": (np.ones(3),), "__contains__": (0.5,), "__delitem__": (0,),
    "__divmod__": (2.0,), "__eq__": (0.5,), "__floordiv__": (2.0,), "__format__": ("",), "__ge__": (0.5,),
    "__getitem__": (0,), "__gt__": (0.5,), "__iadd__": (1.0,), "__iand__": (1,), "__ifloordiv__": (2.0,),
    "__ilshift__": (1,), "__imod__": (2.0,), "__imul__": (2.0,), "__ior__": (1,), "__ipow__": (2,),
    "__irshift__": (1,), "__isub__": (1.0,), "__itruediv__": (2.0,), "__ixor__": (1,), "__le__": (0.5,),
    "__lshift__": (1,), "__lt__": (1.0,),
    "__matmul__": (np.ones(3),), "__imatmul__": (np.ones((3, 3)),), "__mod__": (2.0,), "__mul__": (2.0,),
    "__ne__": (0.5,), "__or__": (1,), "__pow__": (2,), "__radd__": (1.0,), "__rand__": (1,), "__rdivmod__": (2.0,),
    "__rfloordiv__": (2.0,), "__rlshift__": (1,), "__rmatmul__": (np.ones(3),), "__rmod__": (2.0,), "__rmul__": (2.0,),
    "__ror__": (1,), "__rpow__": (2.0,), "__rrshift__": (1,), "__rshift__": (1,), "__rsub__": (1.0,),
    "__rtruediv__": (2.0,), "__rxor__": (1,), "__setitem__": (0, 7.0), "__sub__": (1.0,), "__truediv__": (2.0,),
    "__xor__": (1,), "astype": (np.float32,), "choose": ([1.0, 2.0],), "clip": (0.0, 1.0), "compress": ([True],),
    "dot": (np.ones(3),), "fill": (2.0,), "getfield": (np.float32,), "item": (1,), "partition": (1,),
    "argpartition": (1,), "put": ([0], [9.0]), "repeat": (2,), "reshape": (3, 1), "searchsorted": (0.5,),
    "setfield": (1.0, float), "setflags": (), "swapaxes": (0, 0), "take": ([0, 1],), "view": (np.int64,),
    "resize": ((3,),), "__getattribute__": ("shape",), "__setattr__": ("shape", (3,)), "__delattr__": ("shape",),
    "__reduce_ex__": (4,), "__deepcopy__": ({},), "__array__": (), "__init_subclass__": (), "to_device": ("cpu",),
}  # fmt: skip

NAMING_THE_TYPE = frozenset({
    "add text", "call", "setattr", "delitem", "reversed", "unpacking", "list index", "in text", "iter of rows",
    "missing",
})  # fmt: skip
"""Expressions whose errors are Python's own, and name the type of the object."""

OTHERWISE = {
    "data": "the array of plain numbers, as of every Variable",
    "base": "what a view is a view of is a Tensor, and what is none has no base",
    "__array_ufunc__": "is asked by numpy",
    "__array_function__": "is asked by numpy",
    "__array_priority__": "is higher, so that Tensors come first",
    "__array_finalize__": "is for subclasses",
    "__array_interface__": "names the place in memory",
    "__array_struct__": "names the place in memory",
    "__dlpack__": "names the place in memory",
    "ctypes": "names the place in memory",
    "__buffer__": "names the place in memory",
    "__array_namespace__": "is the module",
    "__reduce__": "tells how to make a Tensor",
    "__reduce_ex__": "tells how to make a Tensor",
    "__setstate__": "is for what __reduce__ makes",
    "__init__": "makes a Tensor",
    "__new__": "makes a Tensor",
    "__class_getitem__": "is of the class",
    "__init_subclass__": "is of the class",
    "__subclasshook__": "is of the class",
    "__dir__": "names the attributes of Variables, too",
    "__doc__": "is that of Tensor",
    "__sizeof__": "tells the size of the wrapper",
    "__setattr__": "is asked by Python",
    "__delattr__": "is asked by Python",
    "__getattribute__": "is asked by Python",
    "dumps": "are bytes that make a Tensor",
    "dump": "writes to a file",
    "tofile": "writes to a file",
    "__getstate__": "is for what __reduce__ makes",
    "__hash__": "refuses when it is asked",
    "__iter__": "is an iterator",
    "flat": "is an iterator",
}
"""Attributes that are another thing by their nature, and what they are."""


def printed(x: Any) -> str:
    """Return the text of an array with few digits."""
    with np.printoptions(precision=2, suppress=True):
        return f"{x}"


def unpacked(x: Any) -> Any:
    """Return the first two elements."""
    first, second, *_ = x
    return second, first


def plain(value: Any) -> Any:
    """Return an outcome in a form that can be compared: kinds, shapes and bits."""
    if type(value) is Tensor:
        value = value.data
    if isinstance(value, (np.ndarray, np.generic)):
        kind = type(value).__name__ if value.ndim == 0 else "ndarray"
        return kind, str(value.dtype), value.shape, value.tolist() if value.dtype == object else repr(value.tolist())
    if isinstance(value, minitorch.Variable) or type(value) is ComplexScalar:
        return plain(value.data)
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(plain, value)]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return type(value).__name__, repr(value)


def outcome(function: Callable[[Any], Any], x: Any) -> Any:
    """Return what a function gives, or what it raises."""
    try:
        return plain(function(x))
    except HistoryLostError as error:
        return error
    except Exception as error:
        # From 3.15 on Python names the very type where it says what can't be a key.
        return type(error).__name__, str(error).replace("minitorch.arrays.tensor.Tensor", "numpy.ndarray")


def of_kind(made: Any, expression: str) -> Any:
    """Return an outcome without the text of an error that names the type."""
    raised = type(made) is tuple and len(made) == 2 and str(made[0]).endswith("Error")
    if not raised or expression not in NAMING_THE_TYPE:
        return made
    # Python says TypeError of what numpy calls a UFuncTypeError, which is one.
    return "TypeError" if made[0].endswith("TypeError") else made[0]


def constants(array: Any) -> Any:
    """Return a Tensor without history."""
    return Tensor(array, None)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_has_the_outcome_of_the_array(expression: str) -> None:
    for make in ARRAYS.values():
        compare(expression, make)


def compare(expression: str, make: Callable[[], Any]) -> None:
    """Compare what an expression gives of an array, of a constant Tensor and of a leaf."""
    function = EXPRESSIONS[expression]
    expected = of_kind(outcome(function, make()), expression)
    assert of_kind(outcome(function, constants(make())), expression) == expected
    made = of_kind(outcome(function, Tensor(make())), expression)
    if expression == "percent digits" and sys.version_info >= (3, 15) and made[0] == "TypeError" != expected[0]:
        # Python has its own words in place of whatever refuses.
        assert "requires a real number" in made[1]
    elif isinstance(made, HistoryLostError):
        # The array has plain numbers to give; that they would lose the derivative is said.
        assert expected[0] not in ("TypeError", "ValueError", "IndexError")
        assert "would lose the derivative" in str(made)
    else:
        assert made == expected


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted({*dir(np.ndarray)} - OTHERWISE.keys()))
def test_an_attribute_answers_as_that_of_the_array(name: str) -> None:
    def ask(x: Any) -> Any:
        value = getattr(x, name)
        return (value(*CALLS.get(name, ())), x) if callable(value) else value

    array = np.array([0.5, -1.25, 3.0])
    expected = outcome(ask, array.copy())
    assert outcome(ask, constants(array.copy())) == expected
    made = outcome(ask, Tensor(array.copy()))
    if isinstance(made, HistoryLostError):
        assert "would lose the derivative" in str(made)
    else:
        assert made == expected


@pytest.mark.parametrize("name", sorted(OTHERWISE.keys() & {*dir(np.ndarray)} - {"__doc__", "__array_struct__"}))
def test_what_is_another_thing_is_there(name: str) -> None:
    assert hasattr(constants(np.array([1.0, 2.0])), name)


def test_traced_code_asks_for_the_type() -> None:
    def kinds(x: Any) -> list[bool]:
        return [
            type(x) is np.ndarray,
            type(x[0]) is np.float64,
            type(np.sum(x)) is np.float64,
            type(x) is type(x * 2.0),
        ]

    array = np.array([1.0, 2.0])
    assert minitorch.trace(kinds)(Tensor(array)) == kinds(array) == [True] * 4


def test_a_leaf_is_pickled_with_its_name() -> None:
    leaf = pickle.loads(pickle.dumps(Tensor([1.0, 2.0], name="weights")))
    assert (leaf.name, leaf.data.tolist(), leaf.is_leaf()) == ("weights", [1.0, 2.0], True)
    with pytest.raises(HistoryLostError, match="pickling"):
        pickle.dumps(Tensor([1.0, 2.0]) * 2.0)
