"""scipy.interpolate inside differentiated functions: by data, by points and by knots."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import interpolate

from tests.support.array_derivatives import check_array_derivatives

V = np.array([0.53, 1.3, 2.15, 0.92])
V6 = np.array([0.53, 1.3, 2.15, 0.92, -0.4, 0.7])
N4 = np.array([0.0, 1.0, 2.0, 3.0])
N6 = np.array([0.0, 0.9, 2.1, 3.0, 4.2, 5.1])
T = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0])
XS = np.array([0.5, 1.5, 2.7])
W2 = np.stack([V6, np.cos(V6)], -1)
CS = interpolate.CubicSpline(N6, V6)
PC = interpolate.PchipInterpolator(N6, V6)
BS = interpolate.BSpline(T, V, 2)


def nodes(x):
    """Return increasing nodes that depend on x."""
    return np.cumsum(np.exp(0.1 * x))


CASES: list[Any] = [
    *[
        (f"CubicSpline values {bc}", lambda x, bc=bc: interpolate.CubicSpline(N6, x, bc_type=bc)(XS), V6)
        for bc in ("not-a-knot", "natural", "clamped", ((1, 0.3), (2, -0.5)))
    ],
    (
        "CubicSpline periodic",
        lambda x: interpolate.CubicSpline(N6, np.concatenate([x, x[:1]]), bc_type="periodic")(np.array([0.5, 7.0])),
        V6[:5],
    ),
    (
        "CubicSpline derivative boundary",
        lambda x: interpolate.CubicSpline(N4, [1.0, 2.0, 0.5, 1.0], bc_type=((1, x[0]), (1, x[1])))(XS),
        V[:2],
    ),
    ("CubicSpline nodes", lambda x: interpolate.CubicSpline(nodes(x), [1.0, 3.0, 2.0, 5.0, 4.0, 1.0])(XS + 1), V6),
    ("CubicSpline points", lambda x: interpolate.CubicSpline(N4, [1.0, 3.0, 2.0, 5.0])(x), V),
    ("CubicSpline of outside", lambda x: CS(x), V),
    ("CubicSpline nu", lambda x: CS(x, 1) + CS(x, nu=2), V),
    ("CubicSpline float", lambda x: CS(x[0]) * x[1], V),
    ("CubicSpline axis", lambda x: interpolate.CubicSpline(N6, x, axis=1)(XS), W2.T),
    ("CubicSpline columns", lambda x: interpolate.CubicSpline(N6, x)([[0.5, 1.5]]), W2),
    ("CubicSpline extrapolate", lambda x: CS(x + 4.0, extrapolate=True), V),
    ("CubicSpline three", lambda x: interpolate.CubicSpline([0.0, 1.0, 2.5], x)(XS), V[:3]),
    ("CubicSpline two", lambda x: interpolate.CubicSpline([0.0, 1.0], x)(XS), V[:2]),
    ("CubicSpline derivative()", lambda x: interpolate.CubicSpline(N6, x).derivative()(XS), V6),
    ("CubicSpline antiderivative()", lambda x: interpolate.CubicSpline(N6, x).antiderivative()(XS), V6),
    ("CubicSpline antiderivative(2)", lambda x: interpolate.CubicSpline(N6, x).antiderivative(2)(XS), V6),
    ("CubicSpline integrate", lambda x: interpolate.CubicSpline(N6, x).integrate(0.3, 4.0), V6),
    ("CubicSpline integrate bounds", lambda x: CS.integrate(x[0], x[2]) + CS.integrate(x[1], x[0]), V),
    ("CubicSpline roots", lambda x: interpolate.CubicSpline(N6, x).roots(extrapolate=False), V6),
    ("CubicSpline solve", lambda x: CS.solve(x[0] + 0.3, extrapolate=False), V[:1]),
    ("Pchip values", lambda x: interpolate.PchipInterpolator(N6, x)(XS), V6),
    ("Pchip nodes", lambda x: interpolate.PchipInterpolator(nodes(x), V6)(XS + 1), V6),
    ("Pchip points", lambda x: PC(x), V),
    ("pchip_interpolate", lambda x: interpolate.pchip_interpolate(N6, x, XS, der=1), V6),
    ("Akima values", lambda x: interpolate.Akima1DInterpolator(N6, x)(XS), V6),
    ("Akima points", lambda x: interpolate.Akima1DInterpolator(N6, V6)(x), V),
    ("Hermite", lambda x: interpolate.CubicHermiteSpline(N4, x, 2 * x)(XS), V),
    ("PPoly c", lambda x: interpolate.PPoly(x.reshape(2, 2), [0.0, 1.0, 2.0])(XS[:2]), V),
    ("PPoly x", lambda x: interpolate.PPoly([[1.0, 2.0], [3.0, 4.0]], np.cumsum(x))(np.array([1.0, 2.5])), V[:3]),
    ("PPoly nu", lambda x: interpolate.PPoly(x.reshape(2, 2), [0.0, 1.0, 2.0])(XS[:2], 1), V),
    ("BPoly", lambda x: interpolate.BPoly(x.reshape(2, 2), [0.0, 1.0, 2.0])(XS[:2]), V),
    (
        "BPoly points",
        lambda x: interpolate.BPoly(np.array([[1.0, 2.0], [0.3, 4.0], [2.0, 2.0]]), [0.0, 1.0, 2.5])(x, 1),
        V,
    ),
    (
        "BPoly.from_derivatives",
        lambda x: interpolate.BPoly.from_derivatives([0.0, 1.0, 2.0], [[x[0], x[1]], [x[2]], [x[3], 0.0]])(XS),
        V,
    ),
    ("interp1d points", lambda x: interpolate.interp1d(N4, [1.0, 3.0, 2.0, 5.0])(x), V),
    *[
        (f"interp1d values {kind}", lambda x, kind=kind: interpolate.interp1d(N6, x, kind=kind)(XS), V6)
        for kind in ("linear", "nearest", "nearest-up", "zero", "slinear", "quadratic", "cubic", "previous", "next", 5)
    ],
    *[
        (f"interp1d points {kind}", lambda x, kind=kind: interpolate.interp1d(N6, V6, kind=kind)(x), V)
        for kind in ("linear", "quadratic", "cubic")
    ],
    ("interp1d extrapolate", lambda x: interpolate.interp1d(N4, x, fill_value="extrapolate")([-1.0, 0.5, 9.0]), V),
    ("interp1d axis", lambda x: interpolate.interp1d(N6, x, axis=0)(XS), W2),
    ("interp1d nodes", lambda x: interpolate.interp1d(nodes(x), V6)(XS + 1), V6),
    ("make_interp_spline", lambda x: interpolate.make_interp_spline(N4, x, k=3)(1.5), V),
    *[
        (f"make_interp_spline k={k}", lambda x, k=k: interpolate.make_interp_spline(N6, x, k=k)(XS), V6)
        for k in (0, 1, 2, 4, 5)
    ],
    ("make_interp_spline natural", lambda x: interpolate.make_interp_spline(N6, x, bc_type="natural")(XS), V6),
    (
        "make_interp_spline bc",
        lambda x: interpolate.make_interp_spline(N6, V6, bc_type=([(1, x[0])], [(2, x[1])]))(XS),
        V,
    ),
    (
        "make_interp_spline periodic",
        lambda x: interpolate.make_interp_spline(N6, np.append(x, x[0]), bc_type="periodic")(XS),
        V6[:5],
    ),
    ("make_interp_spline nodes", lambda x: interpolate.make_interp_spline(nodes(x), V6)(XS + 1), V6),
    ("make_interp_spline columns", lambda x: interpolate.make_interp_spline(N6, x)(XS), W2),
    ("make_lsq_spline", lambda x: interpolate.make_lsq_spline(N6, x, [0.0] * 4 + [5.1] * 4)(XS), V6),
    (
        "make_lsq_spline w",
        lambda x: interpolate.make_lsq_spline(N6, x, [0.0] * 3 + [2.5] + [5.1] * 3, 2, w=x**2)(XS),
        V6,
    ),
    ("BSpline c", lambda x: interpolate.BSpline(T, x, 2)(0.7), V),
    ("BSpline x", lambda x: BS(x), V - 0.5),
    ("BSpline x nu", lambda x: BS(x, 1), V - 0.5),
    ("BSpline t", lambda x: interpolate.BSpline(np.cumsum(x), [1.0, 2.0, 0.5], 2)(np.array([2.2, 3.3])), np.abs(V6)),
    ("BSpline no extrapolation", lambda x: interpolate.BSpline(T, x, 2, extrapolate=False)(np.array([0.7, 1.5])), V),
    ("BSpline derivative()", lambda x: interpolate.BSpline(T, x, 2).derivative()(np.array([0.7, 1.5])), V),
    ("BSpline antiderivative()", lambda x: interpolate.BSpline(T, x, 2).antiderivative()(np.array([0.7, 1.5])), V),
    ("BSpline integrate c", lambda x: interpolate.BSpline(T, x, 2).integrate(0.2, 1.7), V),
    ("BSpline integrate bounds", lambda x: BS.integrate(x[0] - 0.2, x[1]), V),
    ("BSpline basis_element", lambda x: interpolate.BSpline.basis_element([0.0, 1.0, 2.0, 3.0])(x), V),
    ("BSpline design_matrix", lambda x: interpolate.BSpline(T, np.eye(4), 2)(x) @ np.ones(4) * x, V - 0.5),
    ("splrep/splev", lambda x: interpolate.splev(1.5, interpolate.splrep(N4, x)), V),
    ("splrep/splev der", lambda x: interpolate.splev(XS, interpolate.splrep(N6, x, k=4), der=1), V6),
    ("splrep nodes", lambda x: interpolate.splev(XS + 1, interpolate.splrep(nodes(x), V6)), V6),
    ("splrep nodes k=2", lambda x: interpolate.splev(XS + 1, interpolate.splrep(nodes(x), V6, k=2)), V6),
    ("splrep t", lambda x: interpolate.splev(XS, interpolate.splrep(N6, x, t=[2.5], k=2)), V6),
    ("splev points", lambda x: interpolate.splev(x, interpolate.splrep(N6, V6), der=1), V),
    ("splev ext", lambda x: interpolate.splev(x + 2.5, interpolate.splrep(N6, V6), ext=1), np.append(V, 4.0)),
    ("splint", lambda x: interpolate.splint(0.3, 2.0, interpolate.splrep(N6, x)), V6),
    ("splint bounds", lambda x: interpolate.splint(x[0], x[1], interpolate.splrep(N6, V6)), V),
    ("sproot", lambda x: interpolate.sproot(interpolate.splrep(N6, x)), V6),
    ("spalde", lambda x: interpolate.spalde(x[0], interpolate.splrep(N6, V6)), V),
    ("splder", lambda x: interpolate.splev(XS, interpolate.splder(interpolate.splrep(N6, x))), V6),
    ("splantider", lambda x: interpolate.splev(XS, interpolate.splantider(interpolate.splrep(N6, x))), V6),
    ("InterpolatedUnivariateSpline", lambda x: interpolate.InterpolatedUnivariateSpline(N6, x)(XS), V6),
    ("UnivariateSpline s=0", lambda x: interpolate.UnivariateSpline(N6, x, s=0)(XS, 1), V6),
    ("UnivariateSpline integral", lambda x: interpolate.UnivariateSpline(N6, x, s=0).integral(0.5, 2.5), V6),
    ("UnivariateSpline derivative", lambda x: interpolate.UnivariateSpline(N6, x, s=0).derivative()(XS), V6),
    ("UnivariateSpline points", lambda x: interpolate.UnivariateSpline(N6, V6)(x), V),
    ("LSQUnivariateSpline", lambda x: interpolate.LSQUnivariateSpline(N6, x, [2.5], k=2)(XS), V6),
    ("RegularGrid values", lambda x: interpolate.RegularGridInterpolator((N4,), x)(np.array([[0.5], [1.5]])), V),
    (
        "RegularGrid points",
        lambda x: interpolate.RegularGridInterpolator((N4,), np.array([1.0, 3.0, 2.0, 5.0]))(x[:, None]),
        V,
    ),
    (
        "RegularGrid 2d values",
        lambda x: interpolate.RegularGridInterpolator((N6, [0.0, 1.0]), x)([[0.5, 0.3], [1.5, 0.8]]),
        W2,
    ),
    ("RegularGrid 2d points", lambda x: interpolate.RegularGridInterpolator((N6, [0.0, 1.0]), W2)((x, x / 3)), V),
    (
        "RegularGrid nearest",
        lambda x: interpolate.RegularGridInterpolator((N6, [0.0, 1.0]), x, method="nearest")([[0.4, 0.3]]),
        W2,
    ),
    (
        "RegularGrid fill",
        lambda x: interpolate.RegularGridInterpolator((N4,), x, bounds_error=False, fill_value=None)([[4.5]]),
        V,
    ),
    *[
        (
            f"RegularGrid {method}",
            lambda x, method=method: interpolate.RegularGridInterpolator((N6,), x, method=method)([[0.5], [2.5]]),
            V6,
        )
        for method in ("slinear", "cubic", "pchip")
    ],
    (
        "RegularGrid cubic 2d",
        lambda x: interpolate.RegularGridInterpolator((N6, N4), np.outer(x, V), method="cubic")([[0.5, 1.3]]),
        V6,
        {"first": 1e-5, "second": None},
    ),
    (
        "RegularGrid cubic points",
        lambda x: interpolate.RegularGridInterpolator((N6, N4), np.outer(V6, V), method="cubic")((x, x)),
        V,
    ),
    ("interpn", lambda x: interpolate.interpn((N6, [0.0, 1.0]), x, [[0.5, 0.3], [1.5, 0.8]]), W2),
    ("interpn points", lambda x: interpolate.interpn((N6, N4), np.outer(V6, V), np.stack([x, x], -1)), V),
    (
        "interpn splinef2d",
        lambda x: interpolate.interpn((N6, N4), np.outer(V6, V), np.stack([x, x], -1), method="splinef2d"),
        V,
    ),
    *[
        (
            f"RBFInterpolator {kernel}",
            lambda x, kernel=kernel: interpolate.RBFInterpolator(N6[:, None], x, kernel=kernel, epsilon=0.7)(
                XS[:, None]
            ),
            V6,
        )
        for kernel in (
            "linear",
            "thin_plate_spline",
            "cubic",
            "quintic",
            "multiquadric",
            "inverse_multiquadric",
            "inverse_quadratic",
            "gaussian",
        )
    ],
    ("RBFInterpolator points", lambda x: interpolate.RBFInterpolator(N6[:, None], V6)(x[:, None]), V),
    ("RBFInterpolator nodes", lambda x: interpolate.RBFInterpolator(x[:, None], V6, smoothing=0.1)(XS[:, None]), V6),
    ("RBFInterpolator 2d", lambda x: interpolate.RBFInterpolator(W2, x, degree=1)(W2[:3] + 0.1), V6),
    ("RBFInterpolator neighbors", lambda x: interpolate.RBFInterpolator(W2, x, neighbors=4)(W2[:3] + 0.1), V6),
    ("Rbf", lambda x: interpolate.Rbf(N6, x)(XS), V6),
    (
        "griddata linear",
        lambda x: interpolate.griddata(
            np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]]), x, np.array([[0.2, 0.3], [0.8, 0.6]])
        ),
        V,
    ),
    (
        "griddata nearest",
        lambda x: interpolate.griddata(
            np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]]), x, np.array([[0.2, 0.3]]), "nearest"
        ),
        V,
    ),
    ("griddata 1d", lambda x: interpolate.griddata(N4, x, XS), V),
    ("LinearND values", lambda x: interpolate.LinearNDInterpolator([[0.0, 0], [1, 0], [0, 1], [1, 1]], x)(0.2, 0.3), V),
    (
        "LinearND points",
        lambda x: interpolate.LinearNDInterpolator([[0.0, 0], [1, 0], [0, 1.2], [1, 1]], [1.0, 2.0, 4.0, 9.0])(
            x / 3, 0.3
        ),
        V,
    ),
    ("NearestND", lambda x: interpolate.NearestNDInterpolator([[0.0, 0], [1, 0], [0, 1.2], [1, 1]], x)(0.2, 0.3), V),
    ("Barycentric", lambda x: interpolate.BarycentricInterpolator(N4, x)(XS), V),
    ("Barycentric points", lambda x: interpolate.BarycentricInterpolator(N4, V)(x), V),
    ("barycentric_interpolate", lambda x: interpolate.barycentric_interpolate(N4, x, XS), V),
    ("Krogh", lambda x: interpolate.KroghInterpolator(N4, x)(XS), V),
    ("Krogh points", lambda x: interpolate.KroghInterpolator(N4, V).derivative(x), V),
    ("krogh_interpolate", lambda x: interpolate.krogh_interpolate(N4, x, XS, der=1), V),
    ("lagrange", lambda x: interpolate.lagrange(N4, x)(1.5), V),
    ("pade", lambda x: interpolate.pade(x, 2)[0](0.3), V),
    (
        "approximate_taylor_polynomial",
        lambda x: interpolate.approximate_taylor_polynomial(lambda t: np.exp(t * x[0]), 0.0, 3, 1.0)(0.3),
        V[:1],
    ),
    (
        "NdPPoly",
        lambda x: interpolate.NdPPoly(x.reshape(2, 2, 1, 1), ([0.0, 1.0], [0.0, 1.0]))(np.array([[0.3, 0.4]])),
        V,
    ),
    (
        "NdPPoly points",
        lambda x: interpolate.NdPPoly(V.reshape(2, 2, 1, 1), ([0.0, 1.0], [0.0, 1.0]))(np.stack([x, x * x], -1) / 5),
        V,
    ),
    ("RectBivariateSpline points", lambda x: interpolate.RectBivariateSpline(N6, N4, np.outer(V6, V)).ev(x, x), V),
    ("bisplev", lambda x: interpolate.RectBivariateSpline(N6, N4, np.outer(V6, V))(x[0], x[1]), V),
    ("make_smoothing_spline", lambda x: interpolate.make_smoothing_spline(N6, x, lam=0.5)(XS), V6),
    ("AAA", lambda x: interpolate.FloaterHormannInterpolator(N6, x)(XS), V6),
]


TWICE = {
    "CubicSpline nodes",
    "CubicSpline of outside",
    "Pchip values",
    "BPoly points",
    "make_interp_spline nodes",
    "BSpline t",
    "splrep nodes",
    "sproot",
    "splint bounds",
    "RegularGrid cubic points",
    "RBFInterpolator nodes",
    "LinearND points",
    "CubicSpline roots",
}
"""Cases of which the second derivative is looked at: differences take their time."""


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_derivatives(case: Any) -> None:
    name, function, x, *options = case
    given = {"second": 1e-6 if name in TWICE else None, **(options[0] if options else {})}
    check_array_derivatives(function, x, **given)
