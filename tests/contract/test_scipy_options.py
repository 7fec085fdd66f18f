"""Options of scipy's interpolation, signal and image functions, each with the derivative by its first use of x."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from scipy import interpolate as I
from scipy import ndimage as N
from scipy import signal as S
from scipy import spatial as SP
from scipy.spatial import distance as D

from tests.support.array_derivatives import check_array_derivatives

V6 = np.array([0.53, 1.3, 2.15, 0.92, -0.4, 0.7])
N6 = np.array([0.0, 0.9, 2.1, 3.0, 4.2, 5.1])
X = np.array([-0.7, 0.5, 1.5, 2.7, 5.1, 6.2, np.nan])
V4 = V6[:4]
N4 = np.arange(4.0)
M = np.outer(V6[:5], np.cos(V6)) + 0.3 + 0.01 * np.arange(30.0).reshape(5, 6)
CASES: list[Any] = []


def c(name: str, function: Any, x: Any, **options: Any) -> None:
    """Add a case."""
    CASES.append((name, function, np.asarray(x, float), options))


P = X[1:5]
c("PPoly descending", lambda x: I.PPoly(x.reshape(2, 2), [2.0, 1.0, 0.0])(np.array([0.3, 1.0, 1.5, 2.0])), V4)
c("PPoly descending pts", lambda x: I.PPoly(V4.reshape(2, 2), [2.0, 1.0, 0.0])(x), [0.3, 1.2, 1.5, -0.4])
c("PPoly periodic", lambda x: I.PPoly(V4.reshape(2, 2), [0.0, 1.0, 2.0])(x, extrapolate="periodic"), [0.3, 2.7, -1.5])
c("PPoly noextr", lambda x: I.PPoly(x.reshape(2, 2), [0.0, 1.0, 2.0], extrapolate=False)(X), V4, nan=1)
c(
    "PPoly integ periodic",
    lambda x: I.PPoly(x.reshape(2, 2), [0.0, 1.0, 2.0]).integrate(0.3, 5.4, extrapolate="periodic"),
    V4,
)
c(
    "PPoly integ periodic bounds",
    lambda x: I.PPoly(V4.reshape(2, 2), [0.0, 1.0, 2.0]).integrate(x[0], x[1] * 4, extrapolate="periodic"),
    V4[:2],
)
c("PPoly from spline", lambda x: I.PPoly.from_spline(I.splrep(N6, x))(P), V6)
c("PPoly from bernstein", lambda x: I.PPoly.from_bernstein_basis(I.BPoly(x.reshape(2, 2), [0, 1, 2]))(P[:2]), V4)
c("BPoly from power", lambda x: I.BPoly.from_power_basis(I.PPoly(x.reshape(2, 2), [0, 1, 2]))(P[:2]), V4)
c("BPoly antider", lambda x: I.BPoly(x.reshape(2, 2), [0, 1, 2.0]).antiderivative()(P[:2]), V4)
c("BPoly der", lambda x: I.BPoly(x.reshape(2, 2), [0, 1, 2.0]).derivative()(P[:2]), V4)
c("BPoly integ", lambda x: I.BPoly(x.reshape(2, 2), [0, 1, 2.0]).integrate(0.2, 1.7), V4)
c(
    "PPoly extend",
    lambda x: (lambda p: (p.extend(x.reshape(2, 2), [3.0, 4.0]), p(np.array([2.5, 3.5])))[1])(
        I.PPoly(x.reshape(2, 2), [0, 1, 2.0])
    ),
    V4,
)
c(
    "PPoly columns roots",
    lambda x: np.concatenate(list(I.PPoly(np.stack([x, x + 1]).reshape(2, 2, 2) - 1.2, [0, 1, 2.0]).roots())),
    V4,
)
T = np.array([0, 0, 0, 0, 1.0, 2.3, 4, 4, 4, 4])
for nu in (0, 1, 2, 3, 4):
    c(f"BSpline nu{nu}", lambda x, nu=nu: I.BSpline(T, x, 3)(np.array([0.2, 1.0, 3.3, -0.5, 4.6]), nu), V6)
    c(f"BSpline pts nu{nu}", lambda x, nu=nu: I.BSpline(T, V6, 3)(x, nu), [0.2, 1.3, 3.3, -0.5, 4.6])
c("BSpline periodic", lambda x: I.BSpline(T, V6, 3, extrapolate="periodic")(x), [0.2, 5.3, -1.3])
c("BSpline integ periodic", lambda x: I.BSpline(T, x, 3, extrapolate="periodic").integrate(0.2, 9.3), V6)
c("BSpline integ noextr", lambda x: I.BSpline(T, x, 3, extrapolate=False).integrate(-1.0, 3.3), V6)
c("BSpline 2d c axis", lambda x: I.BSpline(T, np.stack([x, x * x], 0), 3, axis=1)(P), V6)
c("BSpline insert_knot", lambda x: I.BSpline(T, x, 3).insert_knot(1.5)(P), V6)
c("BSpline ident", lambda x: I.BSpline.basis_element(np.cumsum(np.abs(x)))(2.5), V6[:4])
for ext in (0, 1, 3):
    for der in (0, 1, 2):
        c(
            f"splev ext{ext} der{der}",
            lambda x, e=ext, d=der: I.splev(x, I.splrep(N6, V6), d, e),
            [-0.7, 0.5, 1.5, 2.7, 4.9, 6.2],
        )
        c(
            f"splev c ext{ext} der{der}",
            lambda x, e=ext, d=der: I.splev(np.array([-0.7, 0.5, 1.5, 2.7, 4.9, 6.2]), I.splrep(N6, x), d, e),
            V6,
        )
for k in (1, 2, 3, 4, 5):
    c(
        f"splrep k{k} nodes",
        lambda x, k=k: I.splev(np.array([1.5, 2.7, 3.4]), I.splrep(np.cumsum(np.exp(0.1 * x)), V6, k=k)),
        V6,
    )
    c(f"splrep k{k} box", lambda x, k=k: I.splev(np.array([1.5, 2.7, 3.4]), I.splrep(N6, x, k=k, xb=-0.5, xe=5.5)), V6)
    c(f"splrep k{k} wide s", lambda x, k=k: I.splev(np.array([1.5, 2.7, 3.4]), I.splrep(N6, x, k=k, s=1e6)), V6)
    c(f"IUS k{k}", lambda x, k=k: I.InterpolatedUnivariateSpline(N6, x, k=k, bbox=[-1, 6])(P), V6)
    c(
        f"US ext k{k}",
        lambda x, k=k: I.UnivariateSpline(N6, x, k=k, s=0, ext=k % 4 if k % 4 != 2 else 0)(np.array([-1.0, 1.0, 7.0])),
        V6,
    )
c("splrep w", lambda x: I.splev(P, I.splrep(N6, V6, w=x, t=[2.5], k=2)), np.abs(V6))
c("splprep", lambda x: np.concatenate(I.splev(np.array([0.3, 0.6]), I.splprep([x, x**2 + np.arange(6)], s=0)[0])), V6)
c("splprep u", lambda x: I.splprep([x, x**2 + np.arange(6)], s=0)[1], V6)
c("insert", lambda x: I.splev(P, I.insert(1.7, I.splrep(N6, x), 2)), V6)
c("insert at", lambda x: I.insert(x[0], I.splrep(N6, V6))[1][:6], [1.7])
c("US derivatives", lambda x: I.UnivariateSpline(N6, x, s=0).derivatives(1.5), V6)
c("US roots", lambda x: I.UnivariateSpline(N6, x, s=0).roots(), V6)
c("US antider", lambda x: I.UnivariateSpline(N6, x, s=0).antiderivative()(P), V6)
c("US coeffs", lambda x: I.UnivariateSpline(N6, x, s=0).get_coeffs(), V6)
c(
    "RGI 3d",
    lambda x: I.RegularGridInterpolator(
        (N4, [0.0, 1.0], [0.0, 2.0, 3.0]), np.multiply.outer(x, np.arange(6.0).reshape(2, 3) + 1)
    )([[0.5, 0.3, 1.0], [2.2, 0.8, 2.5]]),
    V4,
)
c(
    "RGI 3d pts",
    lambda x: I.RegularGridInterpolator(
        (N4, [0.0, 1.0], [0.0, 2.0, 3.0]), np.multiply.outer(V4, np.arange(6.0).reshape(2, 3) + 1)
    )(x.reshape(2, 3)),
    [0.5, 0.3, 1.0, 2.2, 0.8, 2.5],
)
c("RGI descending", lambda x: I.RegularGridInterpolator((N4[::-1],), x)([[0.5], [2.2]]), V4)
c("RGI grid", lambda x: I.RegularGridInterpolator((np.cumsum(np.exp(x)), [0.0, 1.0]), M[:4, :2])([[3.5, 0.3]]), V4)
c("RGI trailing", lambda x: I.RegularGridInterpolator((N4,), np.outer(x, [1.0, 2]))([[0.5], [2.2]]), V4)
c("RGI fill", lambda x: I.RegularGridInterpolator((N4,), x, bounds_error=False, fill_value=7.0)([[0.5], [9.2]]), V4)
c("RGI quintic", lambda x: I.RegularGridInterpolator((N6,), x, method="quintic")([[0.5], [2.2]]), V6, first=1e-5)
c("RGI cubic nu", lambda x: I.RegularGridInterpolator((N6,), x, method="cubic")([[0.5], [2.2]], nu=[1]), V6, first=1e-5)
c("interpn nearest", lambda x: I.interpn((N4,), x, [[0.4], [2.2]], method="nearest"), V4)
c("interp1d assume", lambda x: I.interp1d(N6[::-1], x, kind=2)(P[:3]), V6)
c("interp1d fill2", lambda x: I.interp1d(N6, x, bounds_error=False, fill_value=(1.0, 2.0))(X[:6]), V6)
c("interp1d cubic extrapolate", lambda x: I.interp1d(N6, x, kind="cubic", fill_value="extrapolate")(X[:6]), V6)
c(
    "CubicSpline per axis1",
    lambda x: I.CubicSpline(N4, np.stack([np.append(x, x[0]), 2 * np.append(x, x[0])]), axis=1, bc_type="periodic")(
        [0.4, 7.7]
    ),
    V4[:3],
)
c("CS complex", lambda x: I.CubicSpline(N6, x * (1 + 1j))(P), V6)
c("Akima makima", lambda x: I.Akima1DInterpolator(N6, x, method="makima")(P), V6)
c("Akima extr", lambda x: I.Akima1DInterpolator(N6, x, extrapolate=True)(X[:6]), V6)
c("Pchip der", lambda x: I.PchipInterpolator(N6, x).derivative(2)(P), V6)
c("Krogh rep", lambda x: I.KroghInterpolator([0, 0, 1, 1, 2, 2.0], x)(P[:2]), V6)
c("RBF matrix", lambda x: I.RBFInterpolator(N6[:, None], np.outer(x, [1, 2.0]))(P[:2, None]), V6)
c(
    "LinearND 3d",
    lambda x: I.LinearNDInterpolator(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0], [1, 1, 1.1]]), x)(
        [[0.2, 0.2, 0.2], [0.4, 0.5, 0.4], [9, 9, 9.0]]
    ),
    V6[:5],
    nan=1,
)
c(
    "LinearND rescale",
    lambda x: I.LinearNDInterpolator([[0, 0], [10.0, 0], [0, 1], [10, 1.1]], [1.0, 2, 4, 9], rescale=True)(
        x[0] * 5, x[1]
    ),
    [0.4, 0.3],
)
c(
    "SmoothBiv ev",
    lambda x: I.SmoothBivariateSpline(*np.random.RandomState(0).rand(3, 40)).ev(x[:2], x[2:]),
    [0.4, 0.3, 0.5, 0.6],
)
c("RectBiv z", lambda x: I.RectBivariateSpline(N6[:5], N6, x)(np.array([0.3, 1.0]), np.array([0.5, 2.0])), M)
c("RectBiv dx", lambda x: I.RectBivariateSpline(N6[:5], N6, M, kx=2)(x[:2], x[2:], dx=1), [0.3, 1.0, 0.5, 2.0])
c("RectBiv integral", lambda x: I.RectBivariateSpline(N6[:5], N6, M).integral(0.1, 1.0, 0.2, 2.0) * x, [1.0])
c("smoothing spline", lambda x: I.make_smoothing_spline(N6, x, w=[1, 2, 1, 2, 1, 1.0], lam=0.1)(P), V6)
c("lsq 2d", lambda x: I.make_lsq_spline(N6, np.stack([x, x * x], 1), [0.0] * 4 + [5.1] * 4)(P), V6)
c("lsq t", lambda x: I.make_lsq_spline(N6, V6, np.r_[[0.0] * 3, x, [5.1] * 3], k=2)(P), [2.5])
c("lsq normeq", lambda x: I.make_lsq_spline(N6, x, [0.0] * 4 + [5.1] * 4, method="norm-eq")(P), V6)
c("interp spline t", lambda x: I.make_interp_spline(N6, x, t=np.r_[[0.0] * 4, 2.0, 3.2, [5.1] * 4])(P), V6)
c("FloaterHormann", lambda x: I.FloaterHormannInterpolator(N6, V6, d=2)(x), [0.3, 1.0, 0.5, 2.0])
K = np.array([1.0, 2.0, 0.5])
c("lfilter x all complex", lambda x: S.lfilter(K * 1j, [1.0, 0.3j], x), V6)
c("lfilter empty-ish", lambda x: S.lfilter(K, [1.0, 0.3], x[:1]), V6)
c("filtfilt axis", lambda x: S.filtfilt(K, [1.0, 0.3], x, axis=0, padlen=2), M)
c(
    "sosfilt zi axis",
    lambda x: np.concatenate(
        [v.ravel() for v in S.sosfilt(S.butter(3, 0.3, output="sos"), x, axis=0, zi=np.ones((2, 2, 6)) * x[0, 0])]
    ),
    M,
)
c("upfirdn short h", lambda x: S.upfirdn([1.0], x, 1, 2), V6)
c("upfirdn wrap down", lambda x: S.upfirdn(K, x, 3, 2, mode="wrap"), V6)
c("upfirdn cval", lambda x: S.upfirdn(K, x, 1, 1, mode="constant", cval=2.0), V6)
c("upfirdn 2d h", lambda x: S.upfirdn(x, M, 2, 3, axis=0), V6[:3])
c("conv2d reflect", lambda x: S.convolve2d(x, M[:3, :3], "same", "symm"), M)
c("corr2d wrap valid", lambda x: S.correlate2d(x, M[:3, :2], "valid"), M)
c("conv2d swapped", lambda x: S.convolve2d(M[:3, :2], x, "full"), M)
c("corr swapped valid", lambda x: S.correlate(M[:3, :2], x, "valid", method="direct"), M)
c("corr same even", lambda x: S.correlate(x, x[:4, :4], "same", method="direct"), M)
c("medfilt even 2d", lambda x: S.medfilt(x, [3, 1]), M)
c("savgol even", lambda x: S.savgol_filter(x, 4, 1, mode="nearest"), V6)
c("savgol_coeffs delta", lambda x: S.savgol_coeffs(5, 2, deriv=1, delta=x[0]), [1.3])
c("resample t", lambda x: S.resample(x, 7, t=np.arange(6.0))[0], V6)
c("resample odd down", lambda x: S.resample(x, 3), V6)
c("resample complex", lambda x: S.resample(x * 1j, 9), V6)
c("decimate axis", lambda x: S.decimate(np.tile(x, (5, 1)), 2, axis=0, n=2, zero_phase=False), M)
c("periodogram", lambda x: S.periodogram(x, 10.0, detrend=False, return_onesided=False)[1], V6)
c("stft opts", lambda x: S.stft(x, nperseg=4, noverlap=3, boundary="even", padded=False)[2], V6)
c("spectrogram mode", lambda x: S.spectrogram(x, nperseg=4, noverlap=1, mode="magnitude")[2], V6)
c("hilbert N", lambda x: S.hilbert(x, N=9), V6)
c("envelope", lambda x: S.envelope(x), V6)
c("detrend axis", lambda x: S.detrend(x, axis=0), M)
c("deconv", lambda x: S.deconvolve(x, [1.0, x[0]])[0], V6)
c("firwin2", lambda x: S.firwin2(5, [0, 0.3, 1], [1, x[0], 0]), [1.1])
c("cheby2", lambda x: S.cheby2(3, 30, x[0], output="ba")[0], [0.3])
c("ellip", lambda x: S.ellip(2, 1, 30, x[0], output="ba")[0], [0.3])
c("bessel", lambda x: S.bessel(2, x[0])[0], [0.3])
c("butter high sos", lambda x: S.butter(3, x[0], "high", output="sos"), [0.3])
c("butter bandstop", lambda x: np.concatenate(S.butter(1, [x[0], 0.5], "bandstop")), [0.3])
c("butter analog", lambda x: np.concatenate(S.butter(2, x[0], analog=True)), [0.3])
c("iirpeak", lambda x: S.iirpeak(x[0], 5.0)[0], [0.3])
c("zpk2sos", lambda x: S.zpk2sos([x[0]], [x[1], 0.2], 1.0), [0.3, 0.4])
c("sos2tf", lambda x: np.concatenate(S.sos2tf(np.array([[x[0], 1, 2, 1, 0.3, 0.2]]))), [0.3])
c("lp2lp", lambda x: np.concatenate(S.lp2lp([1.0], [1.0, x[0]], x[1])), [0.3, 0.4])
c("lp2bp_zpk", lambda x: S.lp2bp_zpk([], [-0.5], 1.0, x[0], x[1])[1], [0.3, 0.4])
c("invres", lambda x: S.invres([x[0], 2.0], [-1.0, -2.0], [])[0], [0.3])
c("dfreqresp", lambda x: S.dfreqresp(([1.0, x[0]], [1.0, 0.5], 0.1), w=[0.3])[1], [0.3])
c("bode", lambda x: S.bode(([1.0, x[0]], [1.0, 0.5]), w=[0.3, 1.0])[1], [0.3])
c(
    "windows",
    lambda x: np.concatenate(
        [
            S.get_window(("kaiser", x[0]), 5),
            S.get_window(("tukey", x[0] / 3), 6),
            S.windows.chebwin(6, 50 + x[0]),
            S.windows.general_cosine(6, [0.5, x[0]]),
        ]
    ),
    [1.1],
)
c("gauss_spline", lambda x: S.gauss_spline(x, 3), V6)
c("cubic fn", lambda x: S.cspline1d_eval(S.cspline1d(V6), x), [0.5, 1.2])
c("gaussian radius", lambda x: N.gaussian_filter(x, 1.0, truncate=1.5), M)
c("gaussian axes", lambda x: N.gaussian_filter(x, 1.0, axes=(1,)), M)
c("uniform even origin", lambda x: N.uniform_filter1d(x, 4, origin=-2), V6)
c("correlate1d long", lambda x: N.correlate1d(x, np.arange(9.0), mode="reflect"), V6)
c("correlate1d wrap long", lambda x: N.correlate1d(x, np.arange(15.0), mode="wrap"), V6)
c("corr mirror long", lambda x: N.correlate1d(x, np.arange(17.0), mode="mirror"), V6)
c("rank neg", lambda x: N.rank_filter(x, -1, size=3), V6)
c("min struct", lambda x: N.grey_closing(x, size=(2, 3)), M)
c("max origin", lambda x: N.maximum_filter(x, size=(3, 2), origin=(1, 0), mode="wrap"), M)
c("max axes", lambda x: N.maximum_filter(x, size=3, axes=(0,)), M)
c("median cval", lambda x: N.median_filter(x, size=(3, 2), mode="constant", cval=-9.0), M)
c("affine homog", lambda x: N.affine_transform(x, [[0.9, 0.1, 0.2], [-0.1, 0.9, 0.3]]), M)
c("affine outshape", lambda x: N.affine_transform(x, [[0.9, 0.1], [-0.1, 0.9]], output_shape=(3, 4), order=1), M)
c("rotate reshape", lambda x: N.rotate(x, 20.0, order=1, mode="mirror"), M)
c("rotate axes 3d", lambda x: N.rotate(np.stack([x, x * 2]), 20.0, axes=(1, 2), reshape=False, order=2), M)
c("map 4 out", lambda x: N.map_coordinates(x, [[0.3, 9.0, -4], [0.5, -3.0, 2]], mode="grid-mirror", order=4), M)
c("zoom int", lambda x: N.zoom(x, 2, order=0), M)
c("zoom nearest prefilter", lambda x: N.zoom(x, [1.3, 0.7], mode="grid-wrap", grid_mode=True), M)
c("shift grid-constant", lambda x: N.shift(x, [0.3, 0.4], mode="grid-constant", cval=2.0), M)
c("sf1d mirror6", lambda x: N.spline_filter1d(x, 2, axis=-1, mode="wrap"), M)
c("labeled_comp", lambda x: N.labeled_comprehension(x, [1, 1, 2, 2, 1, 2], [1, 2], lambda v: v.sum(), float, 0), V6)
c("com labels", lambda x: np.array(N.center_of_mass(np.abs(x), [1, 1, 2, 2, 1, 2], [1, 2])).ravel(), V6)
c("extrema", lambda x: np.array(N.extrema(x)[:2]), V6)
c("max pos", lambda x: x[N.maximum_position(x)], V6)
c(
    "generic_laplace",
    lambda x: N.generic_laplace(x, lambda i, a, o, m, cv: N.correlate1d(i, [1.0, -2, 1], a, o, m, cv)),
    M,
)
c("fourier ellipsoid", lambda x: N.fourier_ellipsoid(np.fft.fft2(x), 2.0), M)
c("cheb w", lambda x: D.cdist(x, M[:2], "chebyshev", w=np.arange(1.0, 7)), M)
c("cosine w", lambda x: D.pdist(x[:3], "cosine"), M)
c("jaccard", lambda x: D.cdist(x, M, "jaccard") * x[0, 0], M[:2])
c("mink dist", lambda x: SP.minkowski_distance_p(x, M, 1.5), M + 0.1)
c("dist matrix", lambda x: SP.distance_matrix(x, M, 3), M + 0.1)
c("kd ball", lambda x: SP.KDTree(M).query(x, k=3, distance_upper_bound=0.9)[0][:, :1], M + 0.01)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_derivatives(case: Any) -> None:
    _, function, x, options = case
    finite = (lambda v: np.nan_to_num(function(v))) if "nan" in options else function
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_array_derivatives(finite, x, second=None, first=options.get("first", 1e-7))
