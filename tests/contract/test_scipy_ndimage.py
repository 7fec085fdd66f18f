"""scipy.ndimage inside differentiated functions: filters with all boundaries, resampling by image and coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from tests.support.array_derivatives import check_array_derivatives

T8 = np.array([0.3, -1.2, 0.8, 2.0, -0.5, 1.1, 0.05, -0.9])
M = np.outer(T8[:5], np.cos(T8[:6])) + 0.3 + 0.01 * np.arange(30.0).reshape(5, 6)
K = np.array([1.0, 2.0, 0.5])
KM = np.array([[1.0, 2.0, 0.5], [0.2, -1.0, 0.7]])
P = np.array([[0.4, 1.7, 3.3, -0.6, 4.8], [0.1, 2.2, 4.6, 1.4, 5.7]])
MODES = ("reflect", "constant", "nearest", "mirror", "wrap")
GRIDS = (*MODES, "grid-wrap", "grid-constant", "grid-mirror")
LABELS = np.array([1, 1, 2, 2, 0, 1, 2, 3])

CASES: list[Any] = [
    *[(f"gaussian_filter1d {m}", lambda x, m=m: ndimage.gaussian_filter1d(x, 1.0, mode=m), T8) for m in MODES],
    ("gaussian_filter1d sigma", lambda x: ndimage.gaussian_filter1d(T8, 1.0 + 0.1 * x[0], radius=3), T8[:1]),
    ("gaussian_filter", lambda x: ndimage.gaussian_filter(x, 1.0), M),
    (
        "gaussian_filter options",
        lambda x: ndimage.gaussian_filter(x, (1.0, 0.5), order=(0, 1), cval=1.0, mode="constant"),
        M,
    ),
    *[(f"convolve1d {m}", lambda x, m=m: ndimage.convolve1d(x, K, mode=m, cval=0.5), T8) for m in MODES],
    ("convolve1d weights", lambda x: ndimage.convolve1d(x, x[:4], origin=1), T8),
    ("correlate1d axis", lambda x: ndimage.correlate1d(x, K, axis=0, origin=-1), M),
    *[(f"correlate {m}", lambda x, m=m: ndimage.correlate(x, KM, mode=m, cval=0.5), M) for m in MODES],
    ("convolve weights", lambda x: ndimage.convolve(x, x[:3, :2], origin=(1, 0)), M),
    ("convolve complex", lambda x: ndimage.convolve(x * (1 + 0.5j), KM), M),
    *[(f"uniform_filter1d {m}", lambda x, m=m: ndimage.uniform_filter1d(x, 3, mode=m), T8) for m in MODES],
    ("uniform_filter", lambda x: ndimage.uniform_filter(x, size=(2, 3)), M),
    ("sobel", lambda x: ndimage.sobel(x, axis=0), M),
    ("prewitt", lambda x: ndimage.prewitt(x), M),
    ("laplace", lambda x: ndimage.laplace(x), M),
    ("gaussian_laplace", lambda x: ndimage.gaussian_laplace(x, 1.0), M),
    ("gaussian_gradient_magnitude", lambda x: ndimage.gaussian_gradient_magnitude(x, 1.0), M),
    ("generic_gradient_magnitude", lambda x: ndimage.generic_gradient_magnitude(x, ndimage.sobel), M),
    *[
        (f"map_coordinates {m} {o}", lambda x, m=m, o=o: ndimage.map_coordinates(x, P, order=o, mode=m, cval=0.3), M)
        for m in GRIDS
        for o in (0, 1, 2, 3)
    ],
    *[
        (f"map_coordinates at {m} {o}", lambda x, m=m, o=o: ndimage.map_coordinates(M, x, order=o, mode=m), P)
        for m in GRIDS
        for o in (1, 3, 4, 5)
    ],
    ("map_coordinates list", lambda x: ndimage.map_coordinates(x, [np.array([0.5, 1.5])], order=1), T8),
    ("map_coordinates no filter", lambda x: ndimage.map_coordinates(x, P, prefilter=False), M),
    *[(f"zoom {m}", lambda x, m=m: ndimage.zoom(x, 1.5, mode=m), M) for m in GRIDS],
    ("zoom grid_mode", lambda x: ndimage.zoom(x, (2, 0.5), order=1, grid_mode=True, mode="grid-constant"), M),
    ("shift", lambda x: ndimage.shift(x, (0.3, -1.2), mode="nearest"), M),
    ("shift by", lambda x: ndimage.shift(M, x[:2], mode="mirror"), T8[:2]),
    ("shift order 1", lambda x: ndimage.shift(x, 1.5, order=1, cval=2.0), T8),
    ("rotate", lambda x: ndimage.rotate(x, 30.0, reshape=False), M),
    ("rotate by", lambda x: ndimage.rotate(M, x[0], reshape=False, mode="nearest"), np.array([30.0])),
    ("affine_transform", lambda x: ndimage.affine_transform(x, [[0.9, 0.1], [-0.1, 0.9]], [0.2, 0.3]), M),
    (
        "affine_transform by",
        lambda x: ndimage.affine_transform(M, x[:4].reshape(2, 2), x[4:6], mode="reflect"),
        np.array([0.9, 0.1, -0.1, 0.9, 0.2, 0.3]),
    ),
    ("affine_transform diagonal", lambda x: ndimage.affine_transform(x, [0.5, 0.8], order=2, mode="wrap"), M),
    ("geometric_transform", lambda x: ndimage.geometric_transform(x, lambda i: (i[0] - 0.3, i[1] - 0.4)), M),
    (
        "geometric_transform by",
        lambda x: ndimage.geometric_transform(M, lambda i: (i[0] - x[0], i[1] * x[0]), mode="mirror"),
        T8[:1],
    ),
    *[
        (f"spline_filter {m}", lambda x, m=m: ndimage.spline_filter(x, mode=m), M)
        for m in ("mirror", "reflect", "grid-wrap")
    ],
    ("spline_filter1d", lambda x: ndimage.spline_filter1d(x, 5, axis=0), M),
    *[(f"maximum_filter {m}", lambda x, m=m: ndimage.maximum_filter(x, 3, mode=m), M) for m in MODES],
    ("minimum_filter footprint", lambda x: ndimage.minimum_filter(x, footprint=[[0, 1, 0], [1, 1, 1], [0, 1, 0]]), M),
    ("maximum_filter1d", lambda x: ndimage.maximum_filter1d(x, 3, origin=1), T8),
    ("median_filter", lambda x: ndimage.median_filter(x, 3), M),
    ("median_filter 1-D", lambda x: ndimage.median_filter(x, 3, mode="constant", cval=0.4), T8),
    ("rank_filter", lambda x: ndimage.rank_filter(x, 1, size=3), T8),
    ("percentile_filter", lambda x: ndimage.percentile_filter(x, 40, size=(2, 3)), M),
    ("grey_dilation", lambda x: ndimage.grey_dilation(x, size=(3, 3)), M),
    ("grey_erosion structure", lambda x: ndimage.grey_erosion(x, structure=np.array([[0.1, 0.2, 0.0]])), M),
    ("morphological_gradient", lambda x: ndimage.morphological_gradient(x, size=3), T8),
    ("white_tophat", lambda x: ndimage.white_tophat(x, size=3), T8),
    ("sum_labels", lambda x: ndimage.sum_labels(x, LABELS, [1, 2]), T8),
    ("sum", lambda x: ndimage.sum(x), T8),
    ("mean", lambda x: ndimage.mean(x, LABELS, [1, 2]), T8),
    ("variance", lambda x: ndimage.variance(x, LABELS, [1, 2]), T8),
    ("standard_deviation", lambda x: ndimage.standard_deviation(x, LABELS, 1), T8),
    ("maximum", lambda x: ndimage.maximum(x, LABELS, [1, 2]), T8),
    ("minimum", lambda x: ndimage.minimum(x), T8),
    ("median", lambda x: ndimage.median(x, LABELS, [1, 2]), T8),
    ("center_of_mass", lambda x: np.array(ndimage.center_of_mass(x)), M),
    ("label", lambda x: x * ndimage.label(x > 0)[0], T8),
    ("fourier_gaussian", lambda x: ndimage.fourier_gaussian(np.fft.fft(x), 1.0), T8),
    ("fourier_uniform", lambda x: ndimage.fourier_uniform(np.fft.rfft(x), 2.0, n=8), T8),
    ("fourier_shift", lambda x: ndimage.fourier_shift(np.fft.fft2(M), x[:2]), T8[:2]),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_derivatives(case: Any) -> None:
    name, function, x = case
    again = name in {"map_coordinates at mirror 3", "convolve weights", "shift by", "gaussian_gradient_magnitude"}
    check_array_derivatives(function, x, second=1e-6 if again else None)
