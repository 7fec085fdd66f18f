"""Products of arrays: matrices, vectors and whatever `einsum` writes, each with the products that are its vjps."""

from __future__ import annotations

from typing import Any

import numpy

from minitorch.arrays.function import apply, row, unbroadcast
from minitorch.arrays.makers import asarray
from minitorch.arrays.partials import FLOAT
from minitorch.arrays.sweep import hand_on
from minitorch.arrays.tensor import Tensor
from minitorch.arrays.views import viewing
from minitorch.arrays.writing import write_out

__all__ = ["Convolve", "Einsum", "Matmul", "convolve", "einsum", "matmul", "outer", "unfolded_subscripts"]


def conj(x: Any) -> Any:
    """Return the complex conjugate, which a real array is itself."""
    return numpy.conjugate(x) if getattr(x, "dtype", FLOAT).kind == "c" else x


def transposed(x: Any) -> Any:
    """Return the conjugate transpose of each matrix."""
    return numpy.swapaxes(conj(x), -1, -2)


def pull_product(node: Tensor, adjoint: Any, adjoints: dict[int, Any]) -> None:
    """Add the shares of the factors, where these are real and have no more axes than two."""
    x, y = node.first_parent
    a = x.array if type(x) is Tensor else x
    b = y.array if type(y) is Tensor else y
    if a.ndim > 2 or b.ndim > 2 or node.array.dtype.kind == "c" or not a.ndim * b.ndim:
        Matmul.pull_shares(node, adjoint, adjoints)
        return
    if type(x) is Tensor and x.creator is not None:
        share = adjoint @ b.T if b.ndim == 2 else adjoint * b if a.ndim == 1 else adjoint[:, None] * b
        hand_on(adjoints, x, share, a)
    if type(y) is Tensor and y.creator is not None:
        share = a.T @ adjoint if a.ndim == 2 else adjoint * a if b.ndim == 1 else a[:, None] * adjoint
        hand_on(adjoints, y, share, b)


def matmul_vjp(index: int, g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of one factor of a product of matrices or vectors."""
    if a.ndim == 1 and b.ndim == 1:
        share = g * conj(b if index == 0 else a)
    elif b.ndim == 1:
        share = g[..., None] * conj(b) if index == 0 else numpy.matmul(g[..., None, :], conj(a))[..., 0, :]
    elif a.ndim == 1:
        share = numpy.matmul(conj(b), g[..., None])[..., 0] if index == 0 else conj(a)[:, None] * g[..., None, :]
    else:
        share = numpy.matmul(g, transposed(b)) if index == 0 else numpy.matmul(transposed(a), g)
    return unbroadcast(share, (a, b)[index])


Matmul = row(
    "ArrayMatmul", numpy.matmul, matmul_vjp, for_all=True, keeps_output=False, looks_at=(2, 1),
    pull=staticmethod(pull_product),
)  # fmt: skip


def matmul(a: Any, b: Any, out: Any = None, **kwargs: Any) -> Any:
    """`numpy.matmul`."""
    product = apply(Matmul, (as_operand(a), as_operand(b)))
    return product if out is None else write(out, product)


def as_operand(x: Any) -> Any:
    """Return a list as an array."""
    if type(x) is Tensor or isinstance(x, numpy.ndarray):
        return x
    return asarray(x)


def write(out: Any, value: Any) -> Any:
    """Write a result where `out` says."""
    return write_out(out, value)


def outer_vjp(index: int, g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of one factor of an outer product."""
    share = numpy.matmul(g, conj(numpy.ravel(b))) if index == 0 else numpy.matmul(conj(numpy.ravel(a)), g)
    return unbroadcast(numpy.reshape(share, (a, b)[index].shape), (a, b)[index])


Outer = row("ArrayOuter", numpy.outer, outer_vjp, for_all=True, keeps_output=False, looks_at=(2, 1))


def outer(a: Any, b: Any, out: Any = None) -> Any:
    """`numpy.outer`."""
    result = apply(Outer, (as_operand(a), as_operand(b)))
    return result if out is None else write(out, result)


# -- einsum ------------------------------------------------------------------------------------------------------------


def unfolded_subscripts(subscripts: str, dimensions: list[int]) -> tuple[list[str], str]:
    """Return the subscripts of each operand and of the output, without dots and with an output.

    >>> unfolded_subscripts("...i,i", [2, 1])
    (['Ai', 'i'], 'A')
    """
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    used = set(left + right)
    names = [c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in used]
    counts = [n - len(t.replace("...", "")) if "..." in t else 0 for t, n in zip(terms, dimensions, strict=True)]
    most = max(counts, default=0)
    dots = "".join(names[:most])
    terms = [t.replace("...", dots[most - n :]) for t, n in zip(terms, counts, strict=True)]
    if arrow:
        return terms, right.replace("...", dots)
    letters = "".join(terms)
    return terms, dots + "".join(sorted(c for c in set(letters) - set(dots) if letters.count(c) == 1))


def einsum_vjp(index: int, g: Any, y: Any, *operands: Any, subscripts: str, **details: Any) -> Any:
    """Return the cotangent of one operand: the sum with the roles of it and the output exchanged."""
    terms, output = unfolded_subscripts(subscripts, [x.ndim for x in operands])
    sizes: dict[str, int] = {}
    for term, x in zip(terms, operands, strict=True):
        for letter, size in zip(term, x.shape, strict=True):
            sizes[letter] = max(size, sizes.get(letter, 1))
    own = "".join(dict.fromkeys(terms[index]))
    others = [(t, x) for i, (t, x) in enumerate(zip(terms, operands, strict=True)) if i != index]
    known = {*output, *"".join(t for t, _ in others)}
    free = [letter for letter in own if letter not in known]
    inputs = ",".join([output, *(t for t, _ in others), *free])
    ones = [numpy.ones(sizes[letter]) for letter in free]
    share = numpy.einsum(f"{inputs}->{own}", g, *(conj(x) for _, x in others), *ones, optimize=len(others) > 1)
    if own != terms[index]:
        eye = [numpy.eye(sizes[c]) for c in own for _ in range(terms[index].count(c) - 1)]
        return on_diagonal(share, own, terms[index], eye)
    return unbroadcast(share, operands[index])


def on_diagonal(share: Any, own: str, term: str, eyes: list[Any]) -> Any:
    """Put a share on the diagonal of an array whose axes had the same letter."""
    names = iter("ZYXWVUTSRQPONMLKJIHGFEDCBA")
    pairs, target, seen = [], "", set()
    for letter in term:
        if letter in seen:
            name = next(names)
            pairs.append(letter + name)
            target += name
        else:
            seen.add(letter)
            target += letter
    ordered = [numpy.eye(e.shape[0]) for e in eyes]
    return numpy.einsum(",".join([own, *pairs]) + "->" + target, share, *ordered)


def plain_einsum(*operands: Any, subscripts: str, **details: Any) -> Any:
    """`numpy.einsum` with the subscripts by name."""
    return numpy.einsum(subscripts, *operands, **details)


Einsum = row("ArrayEinsum", plain_einsum, einsum_vjp, for_all=True, keeps_output=False)


def letters_of(axes: Any) -> str:
    """Return the subscripts of one operand, given as numbers, in letters."""
    return "".join("..." if axis is Ellipsis else chr(97 + axis) for axis in axes)


def einsum(subscripts: Any, *operands: Any, out: Any = None, **details: Any) -> Any:
    """`numpy.einsum`."""
    if not isinstance(subscripts, str):
        terms = [subscripts, *operands]
        given, lists = terms[:-1:2] if len(terms) % 2 else terms[::2], terms[1::2]
        output = terms[-1:] if len(terms) % 2 else ()
        subscripts = "->".join([",".join(map(letters_of, lists)), *map(letters_of, output)])
        operands = tuple(given)
    inputs, parameters = [as_operand(x) for x in operands], {"subscripts": subscripts, **details}
    if len(inputs) == 1 and out is None:
        # Of one array numpy gives a view where it can: the way to its diagonal.
        return viewing(lambda a: plain_einsum(a, **parameters), lambda a: apply(Einsum, (a,), parameters))(inputs[0])
    result = apply(Einsum, inputs, parameters)
    return result if out is None else write(out, result)


# -- convolution -------------------------------------------------------------------------------------------------------


def convolve_vjp(index: int, g: Any, y: Any, a: Any, v: Any, mode: str) -> Any:
    """Return the cotangent of one factor of a convolution: the correlation with the other one."""
    n, m = max(len(a), len(v)), min(len(a), len(v))
    start = {"full": 0, "same": (m - 1) // 2, "valid": m - 1}[mode]
    after = n + m - 1 - start - g.shape[0]
    whole = numpy.concatenate([numpy.zeros(start), g, numpy.zeros(after)]) if start or after else g
    return numpy.correlate(whole, (v, a)[index], "valid")


Convolve = row("ArrayConvolve", numpy.convolve, convolve_vjp, for_all=True, keeps_output=False)


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """`numpy.convolve`."""
    return apply(Convolve, (as_operand(a), as_operand(v)), {"mode": mode})


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """`numpy.correlate`: the convolution with the other array reversed."""
    return convolve_of_reversed(as_operand(a), as_operand(v), mode)


def convolve_of_reversed(a: Any, v: Any, mode: str) -> Any:
    """Return the correlation; of which the value is numpy's own."""
    return apply(Correlate, (a, v), {"mode": mode})


def correlate_vjp(index: int, g: Any, y: Any, a: Any, v: Any, mode: str) -> Any:
    """Return the cotangent of one factor of a correlation."""
    if len(a) < len(v):
        return correlate_vjp(1 - index, g[::-1], y, v, a, mode)
    share = convolve_vjp(index, g, y, a, v[::-1], mode)
    return share if index == 0 else share[::-1]


Correlate = row("ArrayCorrelate", numpy.correlate, correlate_vjp, for_all=True, keeps_output=False)
