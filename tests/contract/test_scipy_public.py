"""What is public in scipy's array packages has a row, is Python that is followed, or is listed with a reason."""

from __future__ import annotations

import importlib
import warnings
from types import FunctionType
from typing import Any, Final

import numpy as np
import pytest
from scipy import interpolate, ndimage, signal

import minitorch
from minitorch.tracing.tracer import dispatcher

MODULES: Final = """scipy.interpolate scipy.fft scipy.signal scipy.signal.windows scipy.ndimage scipy.spatial
scipy.spatial.distance scipy.spatial.transform scipy.constants scipy.cluster.vq scipy.cluster.hierarchy""".split()

REASONS: Final[dict[str, str]] = {
    "BivariateSpline": "a base class without data",
    "CloughTocher2DInterpolator": "its gradients are found by iterations in C, which stop where they like",
    "ConvexHull": "which points are corners is no number; give it plain points for that",
    "Delaunay": "which points are neighbours is no number; give it plain points for that",
    "HalfspaceIntersection": "in C, as ConvexHull",
    "Voronoi": "in C, as Delaunay",
    "tsearch": "it gives numbers of simplices",
    "QhullError": "an exception",
    "BadCoefficients": "a warning",
    "ConstantWarning": "a warning",
    "ClusterError": "an exception",
    "ClusterWarning": "a warning",
    "next_fast_len": "it takes and gives whole numbers",
    "prev_fast_len": "it takes and gives whole numbers",
    "Rotation": "an object in C until scipy 1.17, which refuses what has a history",
    "Slerp": "an object in C until scipy 1.17, which refuses what has a history",
}
HEAP_TYPE: Final = 1 << 9


def is_python(callee: Any) -> bool:
    """Return whether traced code follows a callable."""
    if isinstance(callee, type):
        return bool(callee.__flags__ & HEAP_TYPE) and type(callee.__init__) is FunctionType
    return type(callee) is FunctionType


@pytest.mark.parametrize("name", MODULES)
def test_nothing_public_is_without_row_python_or_reason(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = importlib.import_module(name)
        public = {key: getattr(module, key, None) for key in getattr(module, "__all__", dir(module))}
    rows = dispatcher.targets.libraries
    left = {
        key for key, value in public.items() if callable(value) and not is_python(value) and rows.find(value) is None
    }
    assert left - REASONS.keys() == set()
    assert all(len(reason) > 8 for reason in REASONS.values())


X = np.arange(8.0)
P = np.stack([np.cos(X * X), np.sin(3 * X)], -1)

REFUSED: list[Any] = [
    ("CloughTocher2DInterpolator", lambda x: interpolate.CloughTocher2DInterpolator(P, x)(0.1, 0.2)),
    ("its points", lambda x: interpolate.CloughTocher2DInterpolator(P, X)(x[1] / 9, 0.2)),
    ("griddata cubic", lambda x: interpolate.griddata(P, x, [[0.1, 0.2]], "cubic")[0]),
    ("smoothing", lambda x: interpolate.UnivariateSpline(X, x, s=0.01)(2.5)),
    ("splrep s", lambda x: interpolate.splev(2.5, interpolate.splrep(X, x, s=0.01))),
    ("splrep per", lambda x: interpolate.splev(2.5, interpolate.splrep(X, x, per=1))),
    ("RectBivariateSpline s", lambda x: interpolate.RectBivariateSpline(X, X, np.outer(x, x), s=0.1)(1.5, 1.5)[0, 0]),
    (
        "SmoothBivariateSpline",
        lambda x: interpolate.SmoothBivariateSpline(P[:, 0], P[:, 1], x, kx=1, ky=1).ev(0.1, 0.2),
    ),
    ("generic_filter1d", lambda x: ndimage.generic_filter1d(x, lambda i, o: None, 3).sum()),
    ("remez", lambda x: signal.remez(5, [0, 0.1, 0.2, 0.5], [1, x[3]]).sum()),
    ("symiirorder2", lambda x: signal.symiirorder2(np.tile(x, 5), 0.3, 0.2).sum()),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case[0] for case in REFUSED])
def test_what_has_no_derivative_says_so(case: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(minitorch.HistoryLostError, match="would lose the derivative of"):
            minitorch.grad(case[1])(np.sin(X) + 0.3 * X)
