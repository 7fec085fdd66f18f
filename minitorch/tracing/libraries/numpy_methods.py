"""Methods in C of numpy's own objects, called with arrays that know how they were made.

np.minimum.reduce([x, y])   a list is no argument that numpy asks about its histories
a.dot(x)                    the method of a plain array, which would ask x for plain numbers
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.dispatch import call_function
from minitorch.arrays.makers import holds_variable
from minitorch.arrays.methods import FUNCTIONS
from minitorch.arrays.tensor import Tensor
from minitorch.arrays.ufunc_methods import METHODS, call_ufunc_method

__all__ = ["with_variables"]

TAKING: Final = ("dot", "choose", "searchsorted", "clip")
"""Methods of arrays that take other arrays."""


def holds_tensor(value: Any) -> bool:
    """Return whether a value is a list or tuple with a Tensor in it, or a Tensor."""
    return type(value) is Tensor or (type(value) in (list, tuple) and any(map(holds_tensor, value)))


def with_variables(method: Any) -> Callable[..., Any]:
    """Return what to call in place of a method: itself, but for those that lists and arrays with histories come by."""
    owner, name = method.__self__, method.__name__
    if isinstance(owner, numpy.ufunc) and name in METHODS:
        return of_ufunc(method)
    if type(owner) is numpy.ndarray and owner.dtype.kind != "O" and name in TAKING:
        return of_array(method)
    return method  # type: ignore[no-any-return]


def of_ufunc(method: Any) -> Callable[..., Any]:
    """Make what calls a method of a ufunc, with lists of Tensors, too."""
    ufunc, name = method.__self__, method.__name__

    def call(*args: Any, **kwargs: Any) -> Any:
        if any(type(x) in (list, tuple) and holds_tensor(x) for x in args):
            return call_ufunc_method(ufunc, name, args, kwargs)
        return method(*args, **kwargs)

    return call


def of_array(method: Any) -> Callable[..., Any]:
    """Make what calls a method of a plain array, with Variables, too."""
    owner, name = method.__self__, method.__name__
    function = FUNCTIONS.get(name, getattr(numpy, name))

    def call(*args: Any, **kwargs: Any) -> Any:
        if not holds_variable((*args, *kwargs.values())):
            return method(*args, **kwargs)
        return call_function(function, (owner, *args), kwargs)

    return call
