"""What users of torch type on a Variable means what it means there."""

from __future__ import annotations

import pickle
from typing import Any

import numpy
import pytest

import minitorch
from minitorch import Scalar, Tensor

KINDS: list[Any] = [lambda leaf: Scalar(3.0, leaf), lambda leaf: Tensor(numpy.array([3.0, 4.0]), leaf)]


@pytest.mark.parametrize("make", KINDS)
def test_leaves_results_and_constants(make: Any) -> None:
    leaf, constant = make(minitorch.History()), make(None)
    result = leaf * leaf
    assert [bool(x.is_leaf) for x in (leaf, result, constant)] == [True, False, False]
    assert [x.is_leaf() for x in (leaf, result, constant)] == [True, False, False]
    assert [x.requires_grad for x in (leaf, result, constant)] == [True, True, False]
    assert [x.grad_fn is None for x in (leaf, result, constant)] == [True, False, True]
    assert result.grad_fn.__name__ in str(result.history)


@pytest.mark.parametrize("make", KINDS)
def test_derivatives_begin_anew(make: Any) -> None:
    x = make(minitorch.History())
    for _ in range(2):
        x.grad = None
        (x * 2.0).backward()
    assert numpy.all(x.grad == 2.0) and x.grad is x.derivative
    x.grad.fill(0.0) if isinstance(x, numpy.ndarray) else setattr(x, "grad", 0.0)
    assert numpy.all(x.derivative == 0.0)


@pytest.mark.parametrize("make", KINDS)
def test_what_is_detached_is_a_constant_of_its_own(make: Any) -> None:
    x = make(minitorch.History())
    y = (x * 2.0).detach()
    assert type(y) is type(x) and y.grad_fn is None and not y.requires_grad
    (x * y).backward()
    assert numpy.all(x.grad == minitorch.detach(y))
    if isinstance(x, numpy.ndarray):
        z = x * 1.0
        z.detach()[0] = 9.0
        assert z[0] == 3.0


@pytest.mark.parametrize("make", KINDS)
def test_what_becomes_a_leaf(make: Any) -> None:
    x = make(None)
    assert x.requires_grad_() is x and x.requires_grad and x.is_leaf
    x.requires_grad = False
    assert not x.requires_grad and x.history is None
    x.requires_grad = True
    assert pickle.loads(pickle.dumps(x)).is_leaf()


def test_the_flag_looks_like_a_bool() -> None:
    flag = Scalar(1.0, minitorch.History()).is_leaf
    assert (repr(flag), str(flag), flag == True, not flag) == ("True", "True", True, False)  # noqa: E712
