"""Roots: what a solver found is a function of all that its residual reads, by the implicit function theorem.

    residual(u, a) = 0      du/da = - residual_a / residual_u

The residual is recorded once more, at the root, with the root itself as a Variable. So its history has the root in it,
and a derivative of the derivative follows from the same rule (S. G. Krantz, H. R. Parks, The Implicit Function Theorem,
2002).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.adjoints import plain_adjoint
from minitorch.arrays.batches import batched_pass
from minitorch.arrays.makers import asarray
from minitorch.arrays.tensor import Tensor
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.history import Context
from minitorch.autodiff.place import origin_of_caller, place_of_caller
from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import Variable
from minitorch.implicit.recorded import Recorded, as_share, leaf, one_variable, plain_value
from minitorch.recorder import track

__all__ = ["LinearSolve", "implicit_root"]

LinearSolve = Callable[[Callable[[Any], Any], Any], Any]
"""Solves `g(x) = y` for x, given a linear function g and y, both of flat arrays."""


MAX_NEWTON_STEP: Final = 0.05
"""How far a step of Newton's method may lead from a root, relative to its size; some ask solvers for few digits."""


MAX_RANKED_SIZE: Final = 300
"""How many equations there may be for their matrix to be looked at closely."""


def implicit_root(residual: Callable[[Any], Any], value: Any, solve: LinearSolve | None = None) -> Any:
    """Return a root as a Variable that depends on all that its residual reads from outside.

    Args:
        residual: takes the root, as a Variable, and gives as many numbers as it has.
        value: the root that a solver found; it is the value of what is returned, to the last bit.
        solve: solves the linear systems of the derivative; by default by the matrix.

    Returns:
        The root; the plain value where the residual reads nothing that has a history.

    Raises:
        BackwardError: the residual does not depend on the root, or has another number of elements.
    """
    if numpy.asarray(value).dtype.kind == "c":
        return complex_root(residual, value)
    with leaf(value) as root:
        output = one_variable(residual(root))
    shape = numpy.shape(plain_value(root))
    if is_variable(output) and numpy.shape(plain_value(output)) != shape:
        if numpy.size(plain_value(output)) != numpy.size(value):
            raise BackwardError(
                f"{place_of_caller()}: the residual of a root of shape {shape} must have as many elements, not the "
                f"shape {numpy.shape(plain_value(output))}"
            )
        output = output.reshape(shape) if type(output) is Tensor else asarray([output]).reshape(shape)
    if not is_variable(output) or output.creator is None:
        return value
    equation = Equation(Recorded(output, [root]), solve)
    if not equation.recorded.outer:
        return value
    context = Context()
    context.save_for_backward(equation)
    # From now on it is made by a Function, and no leaf.
    history = root.creator
    history.last_fn, history.ctx, history.inputs = Root, context, tuple(equation.recorded.outer)
    # A root refers to itself: the history of its equation has it in it, and only the garbage collector ends that.
    track([root, *equation.recorded.order])
    root.code, root.instruction = origin_of_caller()
    return root


def complex_root(residual: Callable[[Any], Any], value: Any) -> Any:
    """Return a complex root, by its real and imaginary part."""
    shape, size = numpy.shape(value), numpy.size(value)
    flat = numpy.reshape(value, -1)

    def parts(z: Any) -> Any:
        found = numpy.reshape(asarray(residual(joined(z))), -1)
        return numpy.concatenate([numpy.real(found), numpy.imag(found)])

    def joined(z: Any) -> Any:
        together = z[:size] + 1j * z[size:]
        return together.reshape(shape) if shape else together[0]

    root = implicit_root(parts, numpy.concatenate([flat.real, flat.imag]))
    return joined(root) if is_variable(root) else value


class Equation:
    """What a root solves, recorded at the root.

    Args:
        recorded: the residual as a function of the root and of what it reads from outside.
        solve: solves the linear systems of the derivative.

    Attributes:
        is_root: whether that has been checked.
    """

    def __init__(self, recorded: Recorded, solve: LinearSolve | None) -> None:
        self.recorded = recorded
        self.solve = solve
        self.root = recorded.inputs[0]
        self.shape = numpy.shape(plain_value(self.root))
        self.size = int(numpy.size(plain_value(self.root)))
        self.place = place_of_caller()
        self.is_root = False

    @functools.cached_property
    def matrix(self) -> Any:
        """The derivative of the residual by the root, of both as flat arrays."""
        seeds = numpy.eye(self.size).reshape(self.size, *self.shape)
        moved = batched_pass(self.recorded.order, {self.root.unique_id: seeds}, self.size)
        columns = moved.get(self.recorded.output.unique_id)
        shape = (self.size, self.size)
        return numpy.zeros(shape) if columns is None else numpy.reshape(columns, shape).T

    def slope(self, recorded: bool) -> list[Any]:
        """Return the derivative of the residual of one number by all it depends on, the root first."""
        seed: Any = 1.0 if type(self.recorded.output) is not Tensor else numpy.ones(self.shape)[()]
        found = self.recorded.vjp(seed, recorded)
        slope = numpy.asarray(plain_value(found[0]), float).reshape(1)
        self.refuse(bool(slope[0] == 0.0))
        self.check(numpy.reshape(plain_value(self.recorded.output), 1) / slope)
        return found

    def refuse(self, is_singular: bool) -> None:
        """Raise the error for a root that does not move smoothly."""
        if is_singular:
            raise BackwardError(
                f"{self.place}: the root found here has no derivative: that of its residual by the root is "
                "singular, as at a double root, or where the residual is constant around it"
            )

    def check(self, step: Any) -> None:
        """Raise an error where a step of Newton's method would lead far away from what a solver took for a root."""
        if self.is_root:
            return
        value = numpy.reshape(plain_value(self.root), -1)
        with numpy.errstate(all="ignore"):
            far = numpy.abs(step) > MAX_NEWTON_STEP * (1.0 + numpy.abs(value))
        if far.any():
            residual = numpy.abs(plain_value(self.recorded.output)).max()
            raise BackwardError(
                f"{self.place}: what the solver returned is not a root, so it has no derivative: the residual there is "
                f"{residual:.3g}. See whether it says that it converged, and start it nearer to a solution"
            )
        self.is_root = True

    def newton_step(self) -> Any:
        """Return the step of Newton's method, which is short at a root."""
        try:
            return numpy.linalg.solve(self.matrix, numpy.reshape(plain_value(self.recorded.output), -1))
        except numpy.linalg.LinAlgError:
            self.refuse(True)

    def solved(self, right: Any, recorded: bool, transposed: bool) -> Any:
        """Solve the linear system of the derivative for a right side in the shape of the root."""
        if self.solve is not None:
            operator = self.pull if transposed else self.push
            return self.solve(lambda x: operator(x, recorded), right)
        if not self.is_root:
            with numpy.errstate(all="ignore"):
                # The rank takes several times as long as the solution, so of large matrices it is not asked.
                is_small = self.size <= MAX_RANKED_SIZE and bool(numpy.isfinite(self.matrix).all())
                self.refuse(is_small and int(numpy.linalg.matrix_rank(self.matrix)) < self.size)
                self.check(self.newton_step())
        matrix = self.matrix.T if transposed else self.matrix
        if not recorded:
            return numpy.reshape(numpy.linalg.solve(matrix, numpy.reshape(right, -1)), self.shape)
        # The solution is a root itself, of equations that take one pass, and not one for each row of the matrix.
        found = numpy.linalg.solve(matrix, numpy.reshape(plain_value(right), -1)).reshape(self.shape)
        multiply = self.pull if transposed else self.push
        return implicit_root(lambda x: multiply(x, True) - right, found)

    def pull(self, cotangent: Any, recorded: bool) -> Any:
        """Multiply by the derivative of the residual by the root, transposed."""
        share = self.recorded.vjp(cotangent, recorded or is_variable(cotangent))[0]
        return share if numpy.shape(plain_value(share)) == self.shape else share * numpy.ones(self.shape)

    def push(self, tangent: Any, recorded: bool) -> Any:
        """Multiply by the derivative of the residual by the root."""
        moved = self.recorded.jvp([tangent, *(None for _ in self.recorded.outer)], recorded)
        return numpy.zeros(self.shape) if moved is None else moved

    def shares(self, d_output: Any, recorded: bool) -> list[tuple[Variable, Any]]:
        """Return each Variable that the root depends on with the derivative by it."""
        if self.size == 1 and self.solve is None:
            by_root, *others = self.slope(recorded)
            factor = -d_output / by_root
            # Of a root with axes the factor has them, too.
            factor = factor.reshape(()) if self.shape else factor
            found = [factor * share for share in others]
        else:
            adjoint = self.solved(d_output, recorded, transposed=True)
            found = self.recorded.vjp(-adjoint, recorded)[1:]
        return [(x, as_share(x, share)) for x, share in zip(self.recorded.outer, found, strict=True)]

    def tangent(self, given: Sequence[Any], recorded: bool) -> Any:
        """Return how the root moves, given how what it depends on does; None for not at all."""
        moved = self.recorded.jvp([None, *given], recorded)
        if moved is None:
            return None
        if self.size == 1 and self.solve is None:
            return -moved / self.slope(recorded)[0]
        return -self.solved(moved, recorded, transposed=False)


def settled(adjoint: Any) -> Any:
    """Return an adjoint as a number, an array, or a Variable as it is now."""
    return adjoint if type(adjoint) is float else plain_adjoint(adjoint)


class Root(FunctionBase):
    """The Function of the root of an equation."""

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return each Variable that the root depends on with the derivative by it."""
        shares: list[tuple[Variable, Any]] = ctx.saved_values.shares(settled(d_output), False)
        return shares

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Do the same by operations on Variables."""
        assert output.history is not None and output.history.ctx is not None
        shares: list[tuple[Variable, Any]] = output.history.ctx.saved_values.shares(settled(d_output), True)
        return shares

    @staticmethod
    def tangent(node: Any, given: Sequence[Any], recorded: bool) -> Any:
        """Return how the root moves."""
        return node.history.ctx.saved_values.tangent(given, recorded)
