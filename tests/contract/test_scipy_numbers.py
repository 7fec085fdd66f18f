"""scipy's functions of one number: a float in, a Scalar inside, derivatives of both orders and both modes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import fft, interpolate, ndimage, signal
from scipy.spatial import distance
from scipy.spatial.transform import Rotation

import minitorch
from tests.support.array_derivatives import STEPS, WEIGHTS

N4 = [0.0, 1, 2, 3]
V = [1.0, 3, 2, 5]
CS = interpolate.CubicSpline(N4, V)
PC = interpolate.PchipInterpolator(N4, V)
I1 = interpolate.interp1d(N4, V)
BS = interpolate.make_interp_spline(N4, V)
US = interpolate.UnivariateSpline(N4, V, s=0)
tck = interpolate.splrep(N4, V)
RG = interpolate.RegularGridInterpolator((np.array(N4),), np.array(V))
LN = interpolate.LinearNDInterpolator([[0.0, 0], [1, 0], [0, 1.2], [1, 1]], [1.0, 2.0, 4.0, 9.0])
KR = interpolate.KroghInterpolator(N4, V)
AK = interpolate.Akima1DInterpolator(N4, V)
RB = interpolate.RBFInterpolator(np.array(N4)[:, None], np.array(V))
RBS = interpolate.RectBivariateSpline(N4, N4, np.outer(V, V) + 1)


def loop(x):
    t = 0.0
    for i in range(3):
        t = t + CS(x * 0.3 + i * 0.5) * 0.5
    return t


CASES: list[Any] = [
    ("CS", lambda x: CS(x)),
    ("CS float", lambda x: float(CS(x))),
    ("CS 1", lambda x: CS(x, 1) ** 2),
    ("PC", lambda x: PC(x)),
    ("I1", lambda x: I1(x)),
    ("I1 item", lambda x: I1(x).item()),
    ("BS", lambda x: BS(x)),
    ("US", lambda x: US(x)),
    ("splev", lambda x: interpolate.splev(x, tck)),
    ("RG", lambda x: RG([x])[0]),
    ("RG list", lambda x: RG([[x]])[0]),
    ("LN", lambda x: LN(x / 3, 0.3)),
    ("LN list", lambda x: LN([[x / 3, 0.3]])[0]),
    ("KR", lambda x: KR(x)),
    ("AK", lambda x: AK(x)),
    ("RB", lambda x: RB([[x]])[0]),
    ("RBS", lambda x: RBS(x, x)[0, 0]),
    ("RBS ev", lambda x: RBS.ev(x, x)),
    ("CS data", lambda x: interpolate.CubicSpline(N4, [x, 1.0, x * x, 3.0])(1.5)),
    ("CS data list tuple", lambda x: interpolate.CubicSpline((0, 1, 2, 3), (x, 1.0, x * x, 3.0))([0.5, 1.5]).sum()),
    ("CS node", lambda x: interpolate.CubicSpline([0, x, 2, 3], [1, 2, 0.0, 3.0])(1.5)),
    ("pchip data", lambda x: interpolate.PchipInterpolator(N4, [x, 1.0, x * x, 3.0])(x)),
    ("interp1d data", lambda x: interpolate.interp1d(N4, [x, 1.0, x * x, 3.0])(x)),
    ("interp1d cubic", lambda x: interpolate.interp1d(N4, [x, 1.0, x * x, 3.0], kind="cubic")(x)),
    ("make_interp", lambda x: interpolate.make_interp_spline(N4, [x, 1.0, x * x, 3.0])(x)),
    ("splrep data", lambda x: interpolate.splev(x, interpolate.splrep(N4, [x, 1.0, x * x, 3.0]))),
    ("US data", lambda x: interpolate.InterpolatedUnivariateSpline(N4, [x, 1.0, x * x, 3.0])(x)),
    ("griddata", lambda x: interpolate.griddata([[0.0, 0], [1, 0], [0, 1], [1, 1]], [x, 1, 2, 3.0], [[0.2, 0.3]])[0]),
    ("integrate", lambda x: CS.integrate(0, x)),
    ("integral", lambda x: US.integral(0, x)),
    ("splint", lambda x: interpolate.splint(0, x, tck)),
    ("antider", lambda x: CS.antiderivative()(x)),
    ("lagrange", lambda x: interpolate.lagrange([0, 1, 2], [x, 2.0, x * x])(0.5)),
    ("barycentric", lambda x: interpolate.barycentric_interpolate([0, 1, 2.0], [x, 2.0, 1.0], 0.5)),
    ("loop", loop),
    ("fft", lambda x: abs(fft.fft([x, 1.0, 2.0]))[1]),
    ("dct", lambda x: fft.dct([x, x * x, 1.0])[1]),
    ("lfilter", lambda x: signal.lfilter([x], [1.0, -x / 3], [1.0, 2.0, 3.0])[-1]),
    ("convolve", lambda x: signal.convolve([x, 1.0], [1.0, x, 2.0])[1]),
    ("butter", lambda x: signal.butter(2, x / 3)[0][0]),
    ("butter fs", lambda x: signal.butter(2, x, fs=10.0)[1][1]),
    ("gauss sigma", lambda x: ndimage.gaussian_filter1d([1.0, 2, 5, 1], x)[1]),
    ("gauss", lambda x: ndimage.gaussian_filter1d([1.0, x, 5, 1], 1.0)[1]),
    ("mapc", lambda x: ndimage.map_coordinates([1.0, 3, 2, 5], [[x]], order=3)[0]),
    ("shift", lambda x: ndimage.shift([1.0, 3, 2, 5], x)[1]),
    ("zoom", lambda x: ndimage.zoom([1.0, x, 2, 5], 2)[1]),
    ("rot", lambda x: ndimage.rotate(np.outer(V, V), x * 10)[2, 2]),
    ("euclid", lambda x: distance.euclidean([x, 1.0], [0.0, 0.0])),
    ("cdist", lambda x: distance.cdist([[x, 1.0]], [[0.0, 0.0]])[0, 0]),
    ("freqz", lambda x: abs(signal.freqz([1.0, x], [1.0, 0.2], worN=[0.5])[1][0])),
    ("chirp", lambda x: signal.chirp(0.3, x, 1.0, 3.0)),
    ("step", lambda x: signal.step(([1.0], [1.0, x]), T=[0.0, 1.0, 2.0])[1][-1]),
    ("kaiser", lambda x: signal.windows.kaiser(5, x)[0]),
    ("savgol", lambda x: signal.savgol_filter([x, 1.0, 2.0, x * x, 5.0], 3, 1)[1]),
    ("resample", lambda x: signal.resample([x, 1.0, 2.0, x * x], 6)[1]),
    ("gausspulse", lambda x: signal.gausspulse(x * 0.01, fc=5)),
    ("sawtooth", lambda x: signal.sawtooth(x) * 1.0),
]

ROTATIONS: list[Any] = [
    ("rotz", lambda x: Rotation.from_euler("z", x).apply([1.0, 0, 0])[1]),
    ("rotz2", lambda x: Rotation.from_euler("xyz", [x, 0.1, 0.2]).as_matrix()[1, 1]),
    ("rotvec", lambda x: Rotation.from_rotvec([0, 0, x]).as_quat()[2]),
    ("rotvec array", lambda x: Rotation.from_rotvec(x * np.array([0, 0, 1.0])).as_quat()[2]),
]

# Until scipy 1.17 a Rotation is an object in C, which says that it takes plain numbers.
CASES += ROTATIONS if Rotation.__flags__ & 1 << 9 else []


def slope(function: Callable[[float], Any], at: float, step: float = 1e-3) -> float:
    """Return the central difference of sixth order."""
    return sum(w * float(function(at + k * step)) for k, w in zip(STEPS, WEIGHTS, strict=True)) / step


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_number_has_the_right_derivatives(case: Any) -> None:
    _, function = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value, derivative = minitorch.value_and_grad(function)(1.3)
        assert float(value) == float(function(1.3))
        assert derivative == pytest.approx(slope(function, 1.3), rel=1e-7, abs=1e-8)
        assert float(minitorch.jvp(function, (1.3,), (1.0,))[1]) == pytest.approx(derivative, rel=1e-12, abs=1e-13)
        again = minitorch.grad(minitorch.grad(function))(1.3)
        assert again == pytest.approx(slope(minitorch.grad(function), 1.3), rel=1e-6, abs=1e-6)
