"""Who differentiates the programs of the eager benchmarks: minitorch by its several ways, and other packages.

    peer = PEERS["micrograd"]()      ImportError where it is not installed
    run = peer.record(program)       the result, with whatever history there is
    run.gradient()                   the derivatives by the inputs

Each gets a program as its users would write it: its own scalars (double precision, one thread), its own functions.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import minitorch

from . import eager_programs
from .eager_programs import PLAIN, Program, Run
from .fresh import reference, set_aside

__all__ = ["PEERS", "Peer", "Recorded", "hooked", "jax_functions"]


@dataclass(frozen=True)
class Recorded:
    """A program that has run.

    Attributes:
        value: the result, as a float.
        gradient: makes the derivatives by the inputs.
    """

    value: float
    gradient: Callable[[], Sequence[float]]


@dataclass(frozen=True)
class Peer:
    """A way to differentiate.

    Attributes:
        record: runs a program.
        separate: whether recording and the reverse pass are two steps; else `record` does all.
        differentiates: whether there is a gradient at all.
        memory_of_python: whether it takes its memory from Python, where it is counted.
        weighed: records the same history and keeps it, where `record` has dropped it in the end.
        start, stop: called before its turn and after it.
    """

    record: Callable[[Program], Recorded]
    separate: bool = True
    differentiates: bool = True
    memory_of_python: bool = True
    weighed: Callable[[Program], Recorded] | None = None
    start: Callable[[], object] = lambda: None
    stop: Callable[[], object] = lambda: None


# -- minitorch ---------------------------------------------------------------------------------------------------------


def hooked() -> ModuleType:
    """The module of the programs as the import hook loads it, with the library that one of them calls."""
    names = [eager_programs.__name__, "geographiclib"]
    with set_aside(names), minitorch.install_import_hook(names):
        return importlib.import_module(eager_programs.__name__)


def on_scalars(program: Program, run: Run, functions: Any, package: Any = minitorch) -> Recorded:
    """Run a program on leaves."""
    leaves = [package.Scalar(x) for x in program.inputs]
    result = run(leaves, functions)

    def gradient() -> list[float]:
        result.backward()
        return [leaf.derivative or 0.0 for leaf in leaves]

    return Recorded(result.data, gradient)


def operators(package: Any = minitorch) -> Peer:
    """Operators of Scalars in code that nobody rewrote."""
    names = {"exp": "Exp", "log": "Log", "sqrt": "Sqrt", "erf": "Erf", "relu": "ReLU"}

    def record(program: Program) -> Recorded:
        own = {name: getattr(package, function).apply for name, function in names.items()}
        return on_scalars(program, program.run, SimpleNamespace(**{**vars(PLAIN), **own}), package)

    return Peer(record)


def traced() -> Peer:
    """Plain code that the import hook has rewritten."""
    module = hooked()
    runs = {program.name: program.run for program in module.PROGRAMS}
    return Peer(lambda program: on_scalars(program, runs[program.name], module.PLAIN))


def gradient_of_traced() -> Peer:
    """`minitorch.value_and_grad` of the same code."""
    module = hooked()
    functions = {
        program.name: minitorch.value_and_grad(lambda x, run=program.run: run(x, module.PLAIN))
        for program in module.PROGRAMS
    }

    def record(program: Program) -> Recorded:
        value, gradient = functions[program.name](program.inputs)
        return Recorded(value, lambda: gradient)

    return Peer(record, separate=False, weighed=traced().record)


def plain_floats() -> Peer:
    """The program alone."""

    def record(program: Program) -> Recorded:
        return Recorded(program.run(program.inputs, PLAIN), lambda: [])

    return Peer(record, separate=False, differentiates=False)


# -- others ------------------------------------------------------------------------------------------------------------


def micrograd() -> Peer:
    """micrograd's `Value`, which searches its history by recursion: it may go as deep as it needs."""
    from micrograd.engine import Value

    functions = SimpleNamespace(**{**vars(PLAIN), "relu": Value.relu})

    def record(program: Program) -> Recorded:
        leaves = [Value(x) for x in program.inputs]
        result = program.run(leaves, functions)

        def gradient() -> list[float]:
            sys.setrecursionlimit(deep)
            try:
                result.backward()
            finally:
                sys.setrecursionlimit(limit)
            return [leaf.grad for leaf in leaves]

        return Recorded(result.data, gradient)

    limit = sys.getrecursionlimit()
    # Before Python 3.11 calls took room on the stack of C, which has an end.
    deep = 10_000_000 if sys.version_info >= (3, 11) else limit
    return Peer(record)


def autograd() -> Peer:
    """autograd's boxes, by elements of one array."""
    import autograd.numpy
    from autograd.core import make_vjp
    from autograd.scipy.special import erf

    array = autograd.numpy
    own = {"exp": array.exp, "log": array.log, "sqrt": array.sqrt, "erf": erf, "relu": lambda x: array.maximum(x, 0.0)}
    functions = SimpleNamespace(**{**vars(PLAIN), **own})

    def record(program: Program) -> Recorded:
        count = len(program.inputs)
        pull, value = make_vjp(
            lambda box: program.run([box[i] for i in range(count)], functions), array.array(program.inputs)
        )
        return Recorded(float(value), lambda: pull(1.0).tolist())

    return Peer(record)


def torch() -> Peer:
    """torch's tensors without dimensions, the elements of one tensor, on the processor."""
    import torch

    torch.set_num_threads(1)
    own = {name: getattr(torch, name) for name in ("exp", "log", "sqrt", "erf", "relu")}
    functions = SimpleNamespace(**{**vars(PLAIN), **own})

    def record(program: Program) -> Recorded:
        inputs = torch.tensor(program.inputs, dtype=torch.float64, requires_grad=True)
        result = program.run(inputs.unbind(), functions)
        if type(result) is float:
            raise TypeError("the result is a plain float: math took the tensors' values and their history was lost")

        def gradient() -> list[float]:
            result.backward()
            return inputs.grad.tolist()

        return Recorded(result.item(), gradient)

    return Peer(record, memory_of_python=False)


def jax_functions() -> tuple[ModuleType, SimpleNamespace]:
    """jax on the processor, in double precision, and its functions."""
    import jax
    import jax.numpy
    from jax.scipy.special import erf

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    array = jax.numpy
    own = {"exp": array.exp, "log": array.log, "sqrt": array.sqrt, "erf": erf, "relu": lambda x: array.maximum(x, 0.0)}
    return jax, SimpleNamespace(**{**vars(PLAIN), **own})


def jax() -> Peer:
    """jax's arrays of one element, operation by operation."""
    jax, functions = jax_functions()

    def record(program: Program) -> Recorded:
        value, pull = jax.vjp(lambda x: program.run(x, functions), list(program.inputs))
        one = jax.numpy.ones_like(value)
        return Recorded(float(value), lambda: [float(derivative) for derivative in pull(one)[0]])

    return Peer(record, memory_of_python=False)


def casadi() -> Peer:
    """casadi's symbols of one element, interpreted after their derivative is made, value and gradient in one go."""
    import casadi

    own = {name: getattr(casadi, name) for name in ("exp", "log", "sqrt", "erf")}
    functions = SimpleNamespace(**{**vars(PLAIN), **own, "relu": lambda x: casadi.fmax(x, 0.0)})

    def record(program: Program) -> Recorded:
        symbols = casadi.SX.sym("x", len(program.inputs))
        result = program.run(casadi.vertsplit(symbols), functions)
        both = casadi.Function("both", [symbols], [result, casadi.gradient(result, symbols)])
        value, gradient = both(program.inputs)
        derivatives = gradient.full().ravel().tolist()
        return Recorded(float(value), lambda: derivatives)

    return Peer(record, separate=False, memory_of_python=False)


PEERS: dict[str, Callable[[], Peer]] = {
    "plain floats": plain_floats,
    "traced code": traced,
    "operators": operators,
    "value_and_grad": gradient_of_traced,
    "operators in Python": lambda: operators(reference()),
    "micrograd": micrograd,
    "torch": torch,
    "autograd": autograd,
    "casadi": casadi,
    "jax": jax,
}
"""Makes each peer, by its name; the five first are minitorch's, and the plain program."""
