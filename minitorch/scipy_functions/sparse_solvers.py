"""Linear equations of sparse matrices and operators: scipy's solution, the derivative of the equation that it solves.

The matrix takes part by its entries; of a linear operator the matrix is made by its products with unit vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy
import scipy.sparse as sparse
import scipy.sparse.linalg as sparse_linalg

from minitorch.arrays.decompositions import real_as
from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray, detached, is_plain, wrapped
from minitorch.arrays.products import conj, matmul, transposed
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.grad_mode import is_recording
from minitorch.scipy_functions.solvers import solution
from minitorch.scipy_functions.sparse_entries import Entries, entries_of, is_active, plain_matrix
from minitorch.scipy_functions.sparse_operators import looking
from minitorch.scipy_functions.twins import paired
from minitorch.scipy_functions.valued import Formula
from minitorch.transformer import signature_of

__all__ = ["SPARSE_SOLVERS", "Factors", "dense_of", "factorized", "take_over_linear_operators", "with_matrices"]

MAX_ROWS: Final = 4000
"""The largest operator of which a matrix is made."""

Resolve = Callable[[Any], Any]


def is_operator(value: Any) -> bool:
    """Return whether a value is a linear operator, which may hold what has a history."""
    return isinstance(value, sparse_linalg.LinearOperator)


def with_matrices(function: Callable[..., Any], formula: Formula, resolve: Resolve) -> Callable[..., Any]:
    """Make what stands in for a function of sparse matrices, operators and arrays.

    Args:
        function: the function.
        formula: gives Tensors in the structure of its result, called with that and with the arguments by name;
            operators are arrays there.
        resolve: finds what stands in for a callable.
    """
    signature = signature_of(function)

    def call(*args: Any, **kwargs: Any) -> Any:
        values = (*args, *kwargs.values())
        given = [v for v in values if is_active(v) or is_operator(v)]
        if not is_recording() or (is_plain(values) and not given):
            return wrapped(function(*map(detached, args), **detached(kwargs)))
        bound = signature.bind(*args, **kwargs)
        arguments = bound.arguments
        matrices = {
            name: operator_matrix(v, resolve) for name, v in arguments.items() if is_operator(v) and name == "A"
        }
        known = {**arguments, **matrices}
        for name, value in arguments.items():
            # The buffers of Tensors belong to them.
            arguments[name] = False if name.startswith("overwrite") else plain_of(value, resolve)
        found = function(*bound.args, **bound.kwargs)
        if is_plain(list(known.values())) and not any(map(is_active, known.values())):
            return wrapped(found)
        made = formula(found, **known)
        return made if is_active(made) else paired(made, found)

    return call


def plain_of(value: Any, resolve: Resolve) -> Any:
    """Return an argument without histories; an operator as one that gives plain arrays."""
    if is_active(value):
        return plain_matrix(value)
    if is_operator(value):
        # A closure of the user's may read what has a history; a preconditioner has no derivative.
        return sparse_linalg.LinearOperator(
            value.shape,
            matvec=lambda v: numpy.asarray(detached(resolve(value.matvec)(v))),
            rmatvec=lambda v: numpy.asarray(detached(resolve(value.rmatvec)(v))),
            dtype=value.dtype,
        )
    return detached(value)


def operator_matrix(operator: Any, resolve: Resolve) -> Any:
    """Return the matrix of a linear operator, column by column.

    Raises:
        BackwardError: if it is too large.
    """
    rows, columns = operator.shape
    if max(rows, columns) > MAX_ROWS:
        raise BackwardError(f"a linear operator of {rows} rows has no derivative here; give a sparse matrix")
    found = [numpy.reshape(asarray(resolve(operator.matvec)(unit)), (rows,)) for unit in numpy.eye(columns)]
    return numpy.stack(found, axis=1)


def dense_of(a: Any) -> Any:
    """Return a matrix of whatever kind as an array."""
    if sparse.issparse(a):
        if max(a.shape) > MAX_ROWS:
            raise BackwardError(f"a matrix of {a.shape[0]} rows is too large for this derivative, which fills it")
        a = a.toarray()
    return asarray(a)


# -- solutions ---------------------------------------------------------------------------------------------------------


def solve_sparse(data: Any, b: Any, places: Entries, value: Any = None) -> Any:
    """Return the solution for the matrix with these numbers."""
    return sparse_linalg.spsolve(places.matrix(data), b) if value is None else value


def solve_sparse_vjp(index: int, g: Any, y: Any, data: Any, b: Any, places: Entries, value: Any = None) -> Any:
    """Return the cotangent of the numbers or of the right side."""
    share = apply(SparseSolution, (conj(data), asarray(g)), {"places": places.transposed})
    if index == 1:
        return real_as(share, b)
    product = share[places.row] * conj(y)[places.col]
    return real_as(-numpy.sum(product, -1) if product.ndim == 2 else -product, data)


SparseSolution = row("ScipySparseSolve", solve_sparse, solve_sparse_vjp, for_all=True)


def of_entries(found: Any, entries: Entries, b: Any) -> Any:
    """Return the solution found with its history."""
    b, value = asarray(b), numpy.asarray(found)
    # One column gives a vector, or a column again, by the function that was called.
    b = numpy.reshape(b, (-1,)) if b.ndim == 2 and b.shape[1] == 1 else b
    flat = value.reshape(b.shape)
    made = apply(SparseSolution, (entries.data, b), {"places": entries._replace(data=None), "value": flat})
    return numpy.reshape(made, value.shape)


def solved(found: Any, a: Any, b: Any) -> Any:
    """Return the solution found of a @ x = b with its history, for a matrix of whatever kind."""
    if sparse.issparse(a):
        return of_entries(found, entries_of(a), b)
    b, value = asarray(b), numpy.asarray(found)
    b = numpy.reshape(b, (-1,)) if b.ndim == 2 and b.shape[1] == 1 else b
    return numpy.reshape(solution(value.reshape(b.shape), a, b), value.shape)


def spsolve(found: Any, A: Any, b: Any, **_: Any) -> Any:
    """`scipy.sparse.linalg.spsolve`."""
    if sparse.issparse(b):
        raise BackwardError("spsolve has a derivative for arrays on the right side; call it with b.toarray()")
    return solved(found, A, b)


def spsolve_triangular(found: Any, A: Any, b: Any, lower: bool = True, unit_diagonal: bool = False, **_: Any) -> Any:
    """`scipy.sparse.linalg.spsolve_triangular`."""
    entries = entries_of(A)
    below = entries.row - entries.col if lower else entries.col - entries.row
    kept = below > 0 if unit_diagonal else below >= 0
    rows, columns, data = entries.row[kept], entries.col[kept], entries.data[kept]
    if unit_diagonal:
        diagonal = numpy.arange(A.shape[0])
        rows, columns = numpy.concatenate([rows, diagonal]), numpy.concatenate([columns, diagonal])
        data = numpy.concatenate([data, numpy.ones(len(diagonal))])
    return of_entries(found, Entries(rows, columns, data, A.shape), b)


def iterated(found: Any, A: Any, b: Any, shift: float = 0.0, **_: Any) -> Any:
    """Return the solution that an iteration found; neither its start nor a preconditioner take part."""
    a = A
    if shift:
        a = dense_of(A) - shift * numpy.eye(A.shape[0])
    return solved(found[0], a, b), None


def least_squares(found: Any, A: Any, b: Any, damp: Any = 0.0, x0: Any = None, **_: Any) -> Any:
    """Return the solution of least squares that an iteration found, the norm of its residuals and its own norm."""
    if x0 is not None and not (is_plain(damp) and detached(damp) == 0):
        raise BackwardError("a damped least squares solution has a derivative without x0")
    a, b = dense_of(A), numpy.reshape(asarray(b), (-1,))
    rows, columns = a.shape
    if rows >= columns:
        normal = matmul(transposed(a), a) + damp**2 * numpy.eye(columns)
        x = solution(found[0], normal, matmul(transposed(a), b))
    else:
        normal = matmul(a, transposed(a)) + damp**2 * numpy.eye(rows)
        plain = numpy.linalg.solve(normal.data, b.data)
        x = matmul(transposed(a), solution(plain, normal, b))
    made: list[Any] = [x] + [None] * (len(found) - 1)
    made[3] = numpy.linalg.norm(b - matmul(a, x))
    size = numpy.linalg.norm(x)
    if len(found) == 10:
        made[4] = numpy.sqrt(made[3] ** 2 + (damp * size) ** 2)
    made[8 if len(found) == 10 else 7] = size
    return made


ITERATIONS: Final = "bicg bicgstab cg cgs gcrotmk gmres lgmres minres qmr tfqmr".split()

SPARSE_SOLVERS: Final[dict[str, Formula]] = {
    "spsolve": spsolve,
    "spsolve_triangular": spsolve_triangular,
    "lsqr": least_squares,
    "lsmr": least_squares,
    **dict.fromkeys(ITERATIONS, iterated),
}
"""By name in `scipy.sparse.linalg`: what gives the history."""


# -- factors that solve many times -------------------------------------------------------------------------------------


def solve_by(b: Any, factors: Any, trans: str) -> Any:
    """Return what factors in C give."""
    return factors.solve(b, trans)


def solve_by_vjp(g: Any, y: Any, b: Any, factors: Any, trans: str) -> Any:
    """Return the cotangent of the right side."""
    if trans == "T":
        share = conj(apply(SolvedBy, (conj(g),), {"factors": factors, "trans": "N"}))
    else:
        share = apply(SolvedBy, (g,), {"factors": factors, "trans": "H" if trans == "N" else "N"})
    return real_as(asarray(share), b)


SolvedBy = row("ScipySolvedBy", solve_by, solve_by_vjp, keeps_inputs=False, keeps_output=False)


class Factors:
    """The factors of a sparse matrix, as `splu` gives them; their `solve` keeps histories.

    Args:
        plain: scipy's object.
        matrix: the matrix, if it has a history.
    """

    def __init__(self, plain: Any, matrix: Any = None) -> None:
        self.plain, self.matrix = plain, matrix

    def solve(self, rhs: Any, trans: str = "N") -> Any:
        """Return the solution for a right side."""
        b = asarray(rhs)
        if self.matrix is None:
            return apply(SolvedBy, (b,), {"factors": self.plain, "trans": trans})
        entries = entries_of(self.matrix)
        if trans != "N":
            entries = entries.transposed
            entries = entries._replace(data=conj(entries.data)) if trans == "H" else entries
        return of_entries(self.plain.solve(b.data, trans), entries, b)

    def __getattr__(self, name: str) -> Any:
        """Return what scipy's object has; of a matrix with a history the factors have none."""
        if self.matrix is not None and name in ("L", "U"):
            raise BackwardError(f"the factor {name} of a sparse matrix has no derivative; use scipy.linalg.lu")
        return getattr(self.plain, name)


def factorized(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Make what stands in for `splu`, `spilu` or `factorized`."""

    def call(A: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_active(A):
            made = Factors(sparse_linalg.splu(A) if name == "factorized" else function(A, *args, **kwargs))
        elif name == "spilu":
            raise BackwardError("an incomplete factorisation has no derivative by its matrix; use splu")
        else:
            plain = plain_matrix(A)
            factors = sparse_linalg.splu(plain) if name == "factorized" else function(plain, *args, **kwargs)
            made = Factors(factors, A)
        return made.solve if name == "factorized" else made

    return call


# -- operators that are no matrices ------------------------------------------------------------------------------------


def take_over_linear_operators(resolve: Resolve) -> None:
    """Have the operators of Python on scipy's linear operators run traced code where a Variable takes part."""
    for name, method in {"__mul__": "dot", "__matmul__": "dot", "__rmul__": "_rdot", "__rmatmul__": "_rdot"}.items():
        former = vars(sparse_linalg.LinearOperator).get(name)
        if former is not None and hasattr(sparse_linalg.LinearOperator, method) and not hasattr(former, "looks"):
            setattr(sparse_linalg.LinearOperator, name, looking(former, through(method, resolve)))


def through(method: str, resolve: Resolve) -> Callable[[Any, Any], Any]:
    """Make what calls a method of an operator as traced code would."""
    return lambda operator, x: resolve(getattr(operator, method))(x)
