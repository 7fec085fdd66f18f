"""Derivatives by Variables that were made on the way."""

from __future__ import annotations

from minitorch import Scalar
from minitorch.autodiff.intermediate_derivatives import adjoints_of


def test_adjoints_of_any_variables() -> None:
    x, y, unused = Scalar(2.0), Scalar(3.0), Scalar(1.0)
    a = x * y
    out = a * a + x
    assert adjoints_of(out, [x, a, out, unused, y, x]) == [37.0, 12.0, 1.0, 0.0, 24.0, 37.0]
    assert adjoints_of(out, [a], d_output=0.5) == [6.0]
    assert adjoints_of(7.0, [x]) == [0.0]
    assert adjoints_of(Scalar(7.0, back=None), [x]) == [0.0]
    assert x.derivative is None and y.derivative is None


def test_adjoints_as_variables_can_be_differentiated_again() -> None:
    x, y = Scalar(2.0), Scalar(3.0)
    out = x * x * x * y
    by_x, by_y = adjoints_of(out, [x, y], as_variables=True)
    assert (by_x.data, by_y.data) == (36.0, 8.0)
    by_xx, by_xy = adjoints_of(by_x, [x, y], as_variables=True)
    assert (by_xx.data, by_xy.data) == (36.0, 12.0)
    assert adjoints_of(by_xx, [x, y]) == [18.0, 12.0]
    assert adjoints_of(x + y, [x], as_variables=True) == [1.0]
