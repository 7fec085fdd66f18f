"""Histories, Contexts, Functions of one's own, and the passes over a graph."""

from __future__ import annotations

import copy
import gc
import subprocess
import sys
import threading
from typing import Any

import pytest

import minitorch
from minitorch import Context, FunctionBase, History, Scalar, ScalarFunction, Variable
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.history import LIVE
from minitorch.autodiff.intermediate_derivatives import adjoints_of
from minitorch.autodiff.topological_order import topological_sort
from minitorch.autodiff.variable import backpropagate, is_constant
from minitorch.scalars.primitives import Add, Mul


class TimesFive(ScalarFunction):
    """The course's own example."""

    @staticmethod
    def forward(ctx: Context, x: float) -> float:
        return x * 5

    @staticmethod
    def backward(ctx: Context, d_output: Any) -> Any:
        return d_output * 5


class Product(ScalarFunction):
    """A Function that saves its inputs and returns a tuple."""

    @staticmethod
    def forward(ctx: Context, x: float, y: float) -> float:
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx: Context, d_output: Any) -> tuple[Any, Any]:
        x, y = ctx.saved_values
        return d_output * y, d_output * x


class Cube(ScalarFunction):
    """A Function that saves one value."""

    @staticmethod
    def forward(ctx: Context, x: float) -> float:
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx: Context, d_output: Any) -> Any:
        x = ctx.saved_values
        return d_output * (3 * (x * x))


class ForwardOnly(ScalarFunction):
    @staticmethod
    def forward(ctx: Context, x: float) -> float:
        return x + 1


class TooMany(ForwardOnly):
    @staticmethod
    def backward(ctx: Context, d_output: Any) -> Any:
        return d_output, d_output


class ReturnsText(ForwardOnly):
    @staticmethod
    def backward(ctx: Context, d_output: Any) -> Any:
        return "one"


def test_course_example() -> None:
    x, y = Scalar(10.0, name="x"), Scalar(5.0, name="y")
    z = TimesFive.apply(x)
    out = TimesFive.apply(z)
    product = Mul.apply(z, y)
    assert (out.data, product.data, (x * y).data) == (250.0, 250.0, 50.0)
    assert out.history.last_fn is TimesFive and out.history.inputs == (z,) and out.history.inputs[0] is z
    assert z.history.inputs[0] is x and x.is_leaf() and not z.is_leaf()
    assert product.history.last_fn is Mul and product.history.inputs[1] is y
    out.backward()
    assert (x.derivative, x.grad, y.derivative, z.derivative) == (25.0, 25.0, None, None)


def test_a_function_of_ones_own_has_no_history_under_no_grad() -> None:
    x = Scalar(2.0)
    with minitorch.no_grad():
        y = TimesFive.apply(x)
    assert (y.data, is_constant(y), y.history) == (10.0, True, None)
    assert TimesFive.apply(x).history.last_fn is TimesFive


def test_context() -> None:
    context = Context()
    context.save_for_backward(1.0)
    assert context.saved_values == 1.0
    context.save_for_backward(1.0, 2.0)
    assert context.saved_values == (1.0, 2.0)
    silent = Context(no_grad=True)
    silent.save_for_backward(1.0)
    with pytest.raises(BackwardError, match="no_grad=True"):
        _ = silent.saved_values
    with pytest.raises(BackwardError, match="save_for_backward"):
        _ = Context().saved_values


def test_history_of_leaf_constant_and_result() -> None:
    leaf, constant = Scalar(2.0), Scalar(3.0, back=None)
    result = leaf * constant
    assert leaf.is_leaf() and not constant.is_leaf() and not result.is_leaf()
    assert not is_constant(leaf) and is_constant(constant) and not is_constant(result) and is_constant(3.0)
    assert (constant * constant).history is None
    assert result.history.backprop_step(1.0) == [(leaf, 3.0)]
    assert leaf.history.backprop_step(1.0) == []
    assert repr(result.history) == "History(last_fn=Mul, with 2 inputs)"


def test_each_leaf_has_a_history_of_its_own() -> None:
    assert Scalar(1.0).history is not Scalar(1.0).history


def test_unique_ids_grow() -> None:
    ids = [Scalar(1.0).unique_id for _ in range(5)]
    assert ids == sorted(set(ids))


def test_own_functions_on_plain_values() -> None:
    assert TimesFive.apply(2.0) == 10.0 and type(TimesFive.apply(2.0)) is float
    assert TimesFive.apply("ab") == "ababababab"
    assert Product.apply(2, 3) == 6
    assert Mul.apply(2, 3) == 6 and Add.apply("a", "b") == "ab"


def test_own_functions_with_constants() -> None:
    x = Scalar(3.0)
    Product.apply(x, 4.0).backward()
    Product.apply(Scalar(2.0, back=None), x).backward()
    assert x.derivative == 6.0
    assert Product.apply(Scalar(2.0, back=None), 3.0).history is None


def test_missing_backward() -> None:
    x = Scalar(1.0)
    y = ForwardOnly.apply(x) * 2
    assert y.data == 4.0
    with pytest.raises(BackwardError, match=r"ForwardOnly \(.*test_autodiff.py:\d+\) has no backward.*backward\(ctx"):
        y.backward()
    assert x.derivative is None


def test_wrong_number_of_derivatives() -> None:
    with pytest.raises(BackwardError, match=r"TooMany .*has 1 inputs, but its backward returned 2 derivatives"):
        TooMany.apply(Scalar(1.0)).backward()


def test_derivative_that_is_no_number() -> None:
    with pytest.raises(BackwardError, match=r"ReturnsText .*'one' as the derivative by input 0"):
        ReturnsText.apply(Scalar(1.0)).backward()


def test_an_error_in_the_pass_leaves_all_leaves_alone() -> None:
    x, y = Scalar(1.0), Scalar(1.0)
    with pytest.raises(BackwardError):
        (x + ForwardOnly.apply(y)).backward()
    assert (x.derivative, y.derivative) == (None, None)


def test_functions_are_never_instantiated() -> None:
    for function in (TimesFive, Mul):
        name = function.__name__
        with pytest.raises(TypeError, match=rf"{name} is never instantiated: call {name}.apply"):
            function()


def test_forward_that_returns_no_number() -> None:
    class Text(ScalarFunction):
        @staticmethod
        def forward(ctx: Context, x: float) -> str:
            return "1.5"

    with pytest.raises(TypeError, match=r"Text.forward returned '1.5', which is not a real number"):
        Text.apply(Scalar(1.0))


def test_bases_say_what_is_missing() -> None:
    with pytest.raises(NotImplementedError, match="get_data"):
        FunctionBase.record(Variable(History()))
    with pytest.raises(NotImplementedError, match="forward"):
        ScalarFunction.apply(1.0)
    with pytest.raises(NotImplementedError, match="backward"):
        ScalarFunction.backward(Context(), 1.0)
    with pytest.raises(NotImplementedError, match="variable"):
        FunctionBase.variable(1.0, None)


def test_repeated_backward_accumulates_on_leaves() -> None:
    x = Scalar(3.0)
    y = x * x
    z = y * y
    for times in (1, 2, 3):
        z.backward()
        assert x.derivative == 108.0 * times
    y.backward(2.0)
    assert x.derivative == 336.0
    x.zero_derivative_()
    assert x.derivative == 0.0
    x.zero_grad_()
    y.backward()
    assert x.derivative == 6.0


def test_shared_values_pass_once() -> None:
    x = Scalar(1.0)
    y = x
    for _ in range(200):
        y = y + y
    y.backward()
    assert x.derivative == 2.0**200
    assert len(topological_sort(y)) == 201


def test_topological_sort_puts_users_before_what_they_use() -> None:
    x, y = Scalar(2.0), Scalar(3.0)
    a = x * y
    b = a + x
    c = b * a
    order = topological_sort(c)
    assert order[0] is c
    place = {id(variable): i for i, variable in enumerate(order)}
    assert set(place) == {id(v) for v in (x, y, a, b, c)}
    for variable in order:
        for used in variable.history.inputs or ():
            assert place[id(variable)] < place[id(used)]
    assert topological_sort(Scalar(1.0, back=None)) == []


def test_histories_written_by_hand() -> None:
    late = Scalar(3.0)
    out = Scalar(6.0, back=None)
    later = Scalar(2.0)
    context = Context()
    context.save_for_backward(late.data, later.data)
    out.history = History(Product, context, (late, later))
    out.backward()
    assert (late.derivative, later.derivative) == (2.0, 3.0)


def test_backward_of_leaf_and_constant() -> None:
    x, constant = Scalar(3.0), Scalar(1.0, back=None)
    x.backward()
    constant.backward()
    backpropagate(x, 2.0)
    assert (x.derivative, constant.derivative) == (3.0, None)


def test_derivatives_are_floats() -> None:
    x = Scalar(3.0)
    (x + 1).backward(1)
    assert type(x.derivative) is float


def test_only_leaves_accumulate() -> None:
    with pytest.raises(BackwardError, match="only a leaf"):
        (Scalar(1.0) + 1).accumulate_derivative(1.0)


def test_requires_grad() -> None:
    x = Scalar(2.0)
    history = x.history
    x.requires_grad_(True)
    assert x.history is history
    x.requires_grad_(False)
    assert is_constant(x) and (x * 2).history is None
    x.requires_grad_()
    (x * x).backward()
    assert x.derivative == 4.0


@pytest.mark.parametrize("function", [Cube, TimesFive])
def test_own_functions_differentiate_again(function: type[ScalarFunction]) -> None:
    x = Scalar(2.0)
    out = function.apply(x) * x
    (first,) = adjoints_of(out, [x], as_variables=True)
    expected = {Cube: (32.0, 48.0), TimesFive: (20.0, 10.0)}[function]
    assert (first.data, *adjoints_of(first, [x])) == expected
    with pytest.raises(BackwardError, match="ForwardOnly"):
        adjoints_of(ForwardOnly.apply(x), [x], as_variables=True)


@pytest.mark.parametrize("length", [1_000_000])
@pytest.mark.slow
def test_a_chain_of_a_million_operations(length: int) -> None:
    x = Scalar(1.0, name="x")
    y = x
    gc.disable()  # its passes over ever more objects are most of the time
    try:
        for _ in range(length):
            y = y + 1.0
    finally:
        gc.enable()
    y.backward()
    assert (y.data, x.derivative) == (length + 1.0, 1.0)
    assert repr(y) == f"Scalar({length + 1.0})" and repr(y.history) == "History(last_fn=Add, with 2 inputs)"
    assert copy.deepcopy(y) is y
    del y
    assert x.derivative == 1.0


FREEING = """
import gc, threading
import minitorch

def work():
    x = minitorch.Scalar(1.0)
    y = x
    for _ in range(300_000):
        y = y * x
    del y
    print("freed")

gc.disable()
threading.stack_size(2**22)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


@pytest.mark.slow
def test_freeing_a_chain_does_not_overflow_the_stack() -> None:
    done = subprocess.run([sys.executable, "-c", FREEING], capture_output=True, text=True)
    assert done.stdout == "freed\n", done.stderr


@pytest.fixture
def quiet() -> int:
    """How many leaves other tests have left alive."""
    gc.collect()
    return len(LIVE.marks)


def test_leaves_hold_the_switch_while_they_live(quiet: int) -> None:
    x = Scalar(1.0)
    assert len(LIVE.marks) == quiet + 1 and LIVE.is_up()
    y = x * 2
    constant = Scalar(1.0, back=None)
    assert len(LIVE.marks) == quiet + 1
    del x
    assert len(LIVE.marks) == quiet + 1, "the history of y still needs it"
    del y
    assert len(LIVE.marks) == quiet
    constant.requires_grad_()
    assert len(LIVE.marks) == quiet + 1
    constant.requires_grad_(False)
    assert len(LIVE.marks) == quiet
    assert LIVE.is_up() == (quiet > 0)


def test_leaves_in_many_threads(quiet: int) -> None:
    def work() -> None:
        for _ in range(2000):
            x = Scalar(2.0)
            (x * x).backward()
            assert x.derivative == 4.0

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()
    assert len(LIVE.marks) == quiet


def test_public_names() -> None:
    for name in ("Variable", "History", "Context", "FunctionBase", "Scalar", "ScalarFunction", "backpropagate"):
        assert name in minitorch.__all__
