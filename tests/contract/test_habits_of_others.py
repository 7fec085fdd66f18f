"""What users of torch, JAX, autograd and pandas type does what it does there, or an error tells its name here."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy
import pytest

import minitorch
from minitorch.autodiff.torch_names import HERE_ON_VARIABLES, INTERNAL


def f(x: Any, y: Any) -> Any:
    return x * x * y


def with_rest(x: Any) -> Any:
    return x * x, {"rest": 1}


def rows(x: Any) -> Any:
    return [x[0] * x[1], x[0]]


def namespace() -> dict[str, Any]:
    """The names that the expressions of the tables use."""
    x, y = minitorch.Scalar(3.0, name="x"), minitorch.Scalar(2.0, name="y")
    tensor = minitorch.Tensor(numpy.array([1.0, 2.0]))
    here: dict[str, Any] = {"x": x, "y": y, "z": x * x * y, "t": tensor, "s": (tensor * tensor).sum()}
    return {**globals(), **here}


WORKS = {
    # torch, on numbers
    "z.backward() or (x.grad, y.grad)": (12.0, 9.0),
    "z.backward(retain_graph=True) or z.backward() or x.grad": 24.0,
    "z.backward(torch_start) or x.grad": 24.0,
    "z.backward(gradient=2.0) or x.grad": 24.0,
    "(z.backward(), setattr(x, 'grad', None), x.grad)[2]": None,
    "(z.backward(), x.zero_grad_(), x.grad)[2]": 0.0,
    "z.detach().requires_grad": False,
    "z.detach().data": 18.0,
    "float(z.detach()), float(z.item().detach())": (18.0, 18.0),
    "z.grad_fn is minitorch.Mul, x.grad_fn": (True, None),
    "x.requires_grad, x.is_leaf, z.is_leaf, x.is_leaf()": (True, True, False, True),
    "minitorch.Scalar(1.0, None).requires_grad_().requires_grad": True,
    "x.data": 3.0,
    "within_no_grad(lambda: (x * x).requires_grad)": False,
    "minitorch.no_grad()(lambda: (x * x).requires_grad)()": False,
    # torch, on arrays
    "(s.backward(retain_graph=True), t.grad.tolist())[1]": [2.0, 4.0],
    "(s.backward(gradient=3.0), t.grad.tolist())[1]": [6.0, 12.0],
    "(t * 2.0).backward(numpy.array([1.0, 10.0])) or t.grad.tolist()": [2.0, 20.0],
    "t.detach().requires_grad, t.requires_grad": (False, True),
    "t.data.tolist(), t.shape, t.ndim, t.size": ([1.0, 2.0], (2,), 1, 2),
    "s.detach().item()": 5.0,
    # JAX
    "minitorch.grad(with_rest, has_aux=True)(3.0)": (6.0, {"rest": 1}),
    "minitorch.value_and_grad(with_rest, has_aux=True)(3.0)": ((9.0, {"rest": 1}), 6.0),
    "minitorch.value_and_grad(f, argnums=(0, 1))(3.0, 2.0)": (18.0, (12.0, 9.0)),
    "minitorch.grad(f, 1)(3.0, 2.0)": 9.0,
    "minitorch.grad(f, argnums='y')(3.0, y=2.0)": 9.0,
    "minitorch.jvp(f, (3.0, 2.0), (1.0, 0.0))": (18.0, 12.0),
    "minitorch.vjp(f, 3.0, 2.0)[1](1.0)": (12.0, 9.0),
    "minitorch.linearize(f, 3.0, 2.0)[1](0.0, 1.0)": 9.0,
    "minitorch.hessian(f, argnums=(0, 1))(3.0, 2.0)": ((4.0, 6.0), (6.0, 0.0)),
    "minitorch.jacfwd(rows)([2.0, 3.0]) == minitorch.jacrev(rows)([2.0, 3.0])": True,
    "minitorch.vmap(minitorch.grad(math.sin))(numpy.zeros(2)).tolist()": [1.0, 1.0],
    "minitorch.stop_gradient(x)": 3.0,
    # autograd
    "minitorch.grad(math.sin)(0.0), minitorch.grad(minitorch.grad(math.sin))(0.0)": (1.0, -0.0),
    "minitorch.jacobian(rows)(numpy.array([2.0, 3.0]))[1].tolist()": [1.0, 0.0],
}


@pytest.mark.parametrize("text", WORKS)
def test_what_works_as_it_does_there(text: str) -> None:
    def within_no_grad(call: Any) -> Any:
        with minitorch.no_grad():
            return call()

    found = eval(text, {**namespace(), "torch_start": 2.0, "within_no_grad": within_no_grad})
    assert found == WORKS[text] or (found is None and WORKS[text] is None)


TOLD = {
    "x.backward(create_graph=True)": (TypeError, r"take minitorch\.grad\(minitorch\.grad\(f\)\)"),
    "t.backward(create_graph=True)": (TypeError, r"take minitorch\.grad\(minitorch\.grad\(f\)\)"),
    "minitorch.jacobian(rows, mode='fwd')": (ValueError, "mode must be 'forward', 'reverse' or None, not 'fwd'"),
    "minitorch.jvp(f, 3.0, 1.0)": (TypeError, r"such as jvp\(f, \(x,\), \(dx,\)\)"),
    "minitorch.grad(z, x)": (TypeError, "argnums must be the position or the name of an argument"),
    "minitorch.sin(1.0)": (AttributeError, r"here it is math\.sin"),
    "minitorch.jit(f)": (AttributeError, r"here it is minitorch\.compile$"),
    "minitorch.make_vjp(f)": (AttributeError, r"here it is minitorch\.vjp$"),
    "minitorch.elementwise_grad(f)": (AttributeError, r"here it is minitorch\.vmap of minitorch\.grad\(f\)$"),
    "minitorch.func.grad(f)": (AttributeError, "here it is minitorch itself"),
    "minitorch.optim.SGD": (AttributeError, r"here it is scipy\.optimize"),
}


@pytest.mark.parametrize("text", TOLD)
def test_what_is_told(text: str) -> None:
    error, words = TOLD[text]
    with pytest.raises(error, match=words):
        eval(text, namespace())


@pytest.mark.parametrize("name", sorted(HERE_ON_VARIABLES))
@pytest.mark.parametrize("variable", ["x", "z", "t", "s"])
def test_names_on_variables(variable: str, name: str) -> None:
    made = namespace()[variable]
    with pytest.raises(AttributeError, match=rf"^a (Scalar|Tensor) has no '{name}'; here it is ") as caught:
        getattr(made, name)
    assert not hasattr(made, name) and not hasattr(type(made), name)
    assert getattr(made, name, None) is None
    for ours in re.findall(r"minitorch\.(\w+)", str(caught.value)):
        assert hasattr(minitorch, ours)
    for ours in re.findall(r"\bx\.(\w+)", HERE_ON_VARIABLES[name]):
        assert hasattr(made, ours) or "array" in HERE_ON_VARIABLES[name], ours


@pytest.mark.parametrize("name", sorted(HERE_ON_VARIABLES))
def test_code_for_floats_finds_no_such_names(name: str) -> None:
    found: list[object] = []
    program = f"def g(x):\n    found.append((hasattr(x, {name!r}), getattr(x, {name!r}, 7)))\n    return x * x\n"
    plain: dict[str, Any] = {"found": found, "__name__": "of_floats"}
    import linecache

    linecache.cache["<doctest habits[0]>"] = (len(program), None, program.splitlines(True), "<doctest habits[0]>")
    exec(compile(program, "<doctest habits[0]>", "exec"), plain)
    assert minitorch.grad(plain["g"])(3.0) == 6.0
    assert found == [(False, 7)]


@pytest.mark.parametrize("variable", ["x", "z", "t", "s"])
def test_completion_offers_what_there_is(variable: str) -> None:
    made = namespace()[variable]
    offered = dir(made)
    assert {"backward", "derivative", "grad", "name", "place", "data", "detach"} <= {*offered}
    assert not {*offered} & (INTERNAL | {*HERE_ON_VARIABLES})
    if variable in "xz":
        assert [name for name in offered if not name.startswith("_") and not hasattr(made, name)] == []
    assert {*dir(made.__class__)} <= {*offered}


def test_attributes_of_subclasses_are_their_own() -> None:
    class Priced(minitorch.Scalar):
        def value(self) -> float:
            return 7.0

    priced = Priced(2.0)
    assert priced.value() == 7.0 and "value" in dir(priced)
    assert math.isclose((priced * 2.0).data, 4.0)


@pytest.mark.parametrize(("mode", "like"), [("forward", minitorch.jacfwd), ("reverse", minitorch.jacrev), (None, None)])
def test_modes_of_jacobians(mode: Any, like: Any) -> None:
    expected = [[3.0, 2.0], [1.0, 0.0]]
    assert minitorch.jacobian(rows, mode=mode)([2.0, 3.0]) == expected
    assert like is None or like(rows)([2.0, 3.0]) == expected


@pytest.mark.parametrize("mode", ["Forward", "rev", "", 1, True])
def test_modes_that_are_none(mode: Any) -> None:
    with pytest.raises(ValueError, match=re.escape(f"mode must be 'forward', 'reverse' or None, not {mode!r}")):
        minitorch.jacobian(rows, mode=mode)


def test_the_mode_is_the_one_that_runs() -> None:
    """Forward mode multiplies partial derivatives from the inputs on, reverse mode from the outputs."""
    from minitorch.derivatives.linearization import Linearization

    taken: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        for name in ("jvp", "vjp"):
            plain = getattr(Linearization, name)
            patched.setattr(
                Linearization, name, lambda *args, name=name, plain=plain: (taken.append(name), plain(*args))[1]
            )
        minitorch.jacobian(rows, mode="forward")([2.0, 3.0])
        minitorch.jacobian(rows, mode="reverse")([2.0, 3.0])
    assert taken == ["jvp", "jvp", "vjp", "vjp"]
