"""Who differentiates the array programs: numpy alone, minitorch with the source as it is, and other libraries.

run = PEERS["autograd"]()(program)        what gives value and gradient of one of the programs
value, gradient = run()
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy

import minitorch

from . import array_programs
from .array_rewrites import TorchPrograms, functional, indexed
from .fresh import set_aside

__all__ = ["COMPILED", "PEERS", "Prepare", "program_named"]

Run = Callable[[], tuple[Any, Any]]
Prepare = Callable[[ModuleType], Run]

COMPILED = frozenset(
    {"logistic_regression", "two_layer_network", "black_scholes_book", "gaussian_process", "asian_option"}
)
"""What `jax.jit` compiles in seconds: programs without a loop, which it would unroll for minutes."""


def program_named(name: str) -> ModuleType:
    """Import a program anew, so that nobody has traced it."""
    full = f"{array_programs.__name__}.{name}"
    with set_aside([full]):
        return importlib.import_module(full)


def short_name(program: ModuleType) -> str:
    """Return the name of a program without that of its package."""
    return program.__name__.rpartition(".")[2]


def with_library(program: ModuleType, library: Any) -> Callable[[Any], Any]:
    """Return the loss of a program with something else for its `np`."""
    scope: dict[str, Any] = {**vars(program), "np": library}
    for name, value in vars(program).items():
        if isinstance(value, FunctionType):
            scope[name] = FunctionType(value.__code__, scope, name, value.__defaults__, value.__closure__)
    loss: Callable[[Any], Any] = scope["loss"]
    return loss


def rewritten(program: ModuleType, rewrites: dict[str, Any], library: Any) -> Callable[[Any], Any]:
    """Return the loss of a program as users of a library write it."""
    own = rewrites.get(short_name(program))
    return with_library(program, library) if own is None else lambda x: own(program, x)


def plain_numpy() -> Prepare:
    """The program alone."""
    return lambda program: lambda: (program.loss(program.INPUT), None)


def ours() -> Prepare:
    """`minitorch.value_and_grad` of the source as it is."""

    def prepare(program: ModuleType) -> Run:
        function = minitorch.value_and_grad(program_named(short_name(program)).loss)
        return lambda: function(program.INPUT)

    return prepare


def autograd() -> Prepare:
    """autograd with its `numpy`."""
    import autograd
    import autograd.numpy

    rewrites = functional(autograd.numpy)

    def prepare(program: ModuleType) -> Run:
        function = autograd.value_and_grad(rewritten(program, rewrites, autograd.numpy))
        return lambda: function(program.INPUT)

    return prepare


def torch() -> Prepare:
    """torch's tensors on one thread of the processor."""
    import torch

    torch.set_num_threads(1)
    programs = TorchPrograms(torch)

    def tensor(value: Any) -> Any:
        return torch.from_numpy(value) if isinstance(value, numpy.ndarray) else value

    def prepare(program: ModuleType) -> Run:
        constants = SimpleNamespace(**{name: tensor(value) for name, value in vars(program).items()})
        function = getattr(programs, short_name(program))

        def run() -> tuple[Any, Any]:
            several = isinstance(program.INPUT, list)
            given = program.INPUT if several else [program.INPUT]
            inputs = [torch.tensor(value, requires_grad=True) for value in given]
            value = function(constants, inputs if several else inputs[0])
            value.backward()
            gradients = [x.grad.numpy() for x in inputs]
            return value.item(), gradients if several else gradients[0]

        return run

    return prepare


def jax(compiled: bool) -> Prepare:
    """jax in double precision on the processor, operation by operation or compiled before."""
    import jax
    import jax.numpy

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    rewrites = indexed(jax.numpy)

    def prepare(program: ModuleType) -> Run:
        function = jax.value_and_grad(rewritten(program, rewrites, jax.numpy))
        if compiled:
            if short_name(program) not in COMPILED:
                raise NotImplementedError("loops are unrolled and take minutes to compile")
            function = jax.jit(function)
        given = jax.tree_util.tree_map(jax.numpy.asarray, program.INPUT)

        def run() -> tuple[Any, Any]:
            value, gradient = function(given)
            return float(value), jax.tree_util.tree_map(numpy.asarray, gradient)

        return run

    return prepare


PEERS: dict[str, Callable[[], Prepare]] = {
    "numpy": plain_numpy,
    "minitorch": ours,
    "autograd": autograd,
    "torch": torch,
    "jax": lambda: jax(compiled=False),
    "jax.jit": lambda: jax(compiled=True),
}
"""Makes each peer, by its name; the first one does not differentiate."""
