"""What replaces callables of `scipy.spatial` in C: rotations, distances and trees."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any, Final

from minitorch.arrays.makers import asarray
from minitorch.scipy_functions import distances, neighbours
from minitorch.scipy_functions.twins import answering
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_calls import gated, is_python_class, read_by_gates
from minitorch.transformer import Alias

__all__ = ["rows"]

METHODS: Final[dict[str, Callable[[Any], Callable[..., Any]]]] = {
    "query": neighbours.querying,
    **dict.fromkeys(("query_ball_point", "query_ball_tree", "query_pairs"), neighbours.searching),
    "count_neighbors": lambda function: neighbours.refusing(function, 2, "weights"),
    "sparse_distance_matrix": lambda function: neighbours.refusing(function, None, "other"),
}
"""By name of a method of trees: what makes its replacement."""

ROTATIONS: Final = """from_quat from_matrix from_rotvec from_euler from_davenport from_mrp as_quat as_matrix as_rotvec
as_euler as_davenport as_mrp apply inv magnitude mean compose_quat pow _from_matrix_orthogonal""".split()
"""Functions that scipy has in C for numpy and in Python for other arrays."""

MOTIONS: Final = """from_matrix from_rotation from_translation from_components from_exp_coords from_dual_quat
as_exp_coords as_dual_quat as_matrix apply inv compose_transforms pow mean _create_transformation_matrix
normalize_dual_quaternion""".split()
"""Likewise, of rigid transforms."""


def in_python(function: Callable[..., Any]) -> Callable[[Any], Callable[..., Any]]:
    """Make what makes the twin of a function in C of which there is one in Python, for arrays of other shapes too."""
    followed = gated(function)

    def formula(found: Any, *args: Any, **kwargs: Any) -> Any:
        made = followed(*args, **kwargs)
        return asarray(made).reshape(getattr(found, "shape", ()))

    return answering(formula)


def backends(parts: dict[str, list[str]]) -> Iterator[tuple[Any, Alias]]:
    """Yield the rows of functions in C that have a twin in Python, by the name of their module."""
    for part, names in parts.items():
        code: Any = sys.modules.get(f"scipy.spatial.transform.{part}_cy")
        python: Any = sys.modules.get(f"scipy.spatial.transform.{part}_xp")
        for name in names if code is not None and python is not None else ():
            function, other = getattr(code, name, None), getattr(python, name, None)
            if function is not None and type(other) is FunctionType:
                yield function, Alias(f"Rotation.{name}", in_python(other)(function))


def trees(library: ModuleType) -> Iterator[tuple[Any, Alias]]:
    """Yield the rows of trees."""
    for name in ("KDTree", "cKDTree"):
        cls = getattr(library, name)
        yield cls, Alias(f"spatial.{name}", neighbours.growing(cls))
        for method, make in METHODS.items():
            function = vars(cls).get(method)
            if function is not None:
                yield function, Alias(f"{name}.{method}", make(function))


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of `scipy.spatial`."""
    distance: Any = sys.modules[f"{library.__name__}.distance"]
    yield distance.cdist, Alias("cdist", distances.between(distance.cdist, distance, gated(distance.cdist)))
    yield distance.pdist, Alias("pdist", distances.within(distance.pdist, distance, gated(distance.pdist)))
    yield distance.squareform, Alias("squareform", distances.squareform(distance.squareform))
    function = distance.directed_hausdorff
    yield function, Alias("directed_hausdorff", distances.hausdorff(function))
    yield from trees(library)
    for name in ("Rotation", "RigidTransform"):
        cls = getattr(library.transform, name, None)
        if cls is not None and is_python_class(cls):
            read_by_gates(cls)
    yield from backends({"_rotation": ROTATIONS, "_rigid_transform": MOTIONS})
