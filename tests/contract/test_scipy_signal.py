"""scipy.signal inside differentiated functions: by signals, by coefficients and by states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import signal

from tests.support.array_derivatives import check_array_derivatives

T8 = np.array([0.3, -1.2, 0.8, 2.0, -0.5, 1.1, 0.05, -0.9])
K = np.array([1.0, 2.0, 0.5])
X = np.sin(np.arange(24.0) ** 1.3) + 0.1 * np.arange(24.0)
M = np.outer(T8[:4], np.cos(T8[:5])) + 0.3
KM = np.array([[1.0, 2.0, 0.5], [0.2, -1.0, 0.7], [0.3, 0.1, 2.0]])
B, A = signal.butter(3, 0.3)
SOS = signal.butter(4, 0.3, output="sos")

CASES: list[Any] = [
    *[
        (f"convolve {mode} {method}", lambda x, m=mode, t=method: signal.convolve(x, x[2:5] * K, m, t), T8)
        for mode in ("full", "same", "valid")
        for method in ("auto", "direct", "fft")
    ],
    *[
        (f"correlate {mode} {method}", lambda x, m=mode, t=method: signal.correlate(x, x[2:6], m, t), T8)
        for mode in ("full", "same", "valid")
        for method in ("direct", "fft")
    ],
    ("correlate longer", lambda x: signal.correlate(K, x, "full"), T8),
    ("correlate complex", lambda x: signal.correlate(x * (1 + 0.5j), K * 1j * x[:3], "same"), T8),
    ("convolve 2-D", lambda x: signal.convolve(x, KM, mode="same"), M),
    ("fftconvolve", lambda x: signal.fftconvolve(x, KM[:2] * x[0, 0], mode="full"), M),
    ("fftconvolve axes", lambda x: signal.fftconvolve(x, x[::-1], mode="same", axes=1), M),
    ("oaconvolve", lambda x: signal.oaconvolve(x, K), X),
    *[
        (
            f"{name} {mode} {boundary}",
            lambda x, n=name, m=mode, b=boundary: getattr(signal, n)(x, x[:3, 1:3], mode=m, boundary=b),
            M,
        )
        for name in ("convolve2d", "correlate2d")
        for mode, boundary in (
            ("full", "fill"),
            ("same", "fill"),
            ("valid", "fill"),
            ("same", "symm"),
            ("full", "wrap"),
        )
    ],
    ("convolve2d fillvalue", lambda x: signal.convolve2d(x, KM, "same", "fill", 0.7), M),
    ("convolve2d even", lambda x: signal.convolve2d(x, KM[:2, :2], "same", "symm"), M),
    ("lfilter x", lambda x: signal.lfilter([0.2, 0.3], [1.0, -0.5], x), T8),
    ("lfilter b", lambda x: signal.lfilter(x[:2], [1.0, -0.5], np.ones(4)), T8),
    ("lfilter all", lambda x: signal.lfilter(x[:3], np.array([2.0, -0.5, 0.3]) * (1 + 0.1 * x[3]), x), T8),
    ("lfilter longer a", lambda x: signal.lfilter(x[:1], [2.0, 0.3, x[1] * 0.1, 0.2], x), T8),
    ("lfilter FIR", lambda x: signal.lfilter(x[:3], [2.0], x), T8),
    ("lfilter axis", lambda x: signal.lfilter([0.2, 0.3], [1.0, -0.5], x, axis=0), M),
    ("lfilter zi", lambda x: np.concatenate(signal.lfilter(B, A, x[3:], zi=x[:3])), T8),
    ("lfilter zi short", lambda x: np.concatenate(signal.lfilter(B, A, x[3:5], zi=x[:3])), T8),
    ("lfilter zi axis", lambda x: np.concatenate(signal.lfilter(B, A, x[:, 3:], axis=1, zi=x[:, :3]), 1), M),
    ("lfilter complex", lambda x: signal.lfilter(B * (1 + 0.3j * x[0]), A, x * 1j), T8),
    ("lfiltic", lambda x: signal.lfiltic(B, A, x[:3], x[3:6]), T8),
    ("lfilter_zi", lambda x: signal.lfilter_zi(x[:3], [1.0, 0.3, -0.2]), T8),
    ("filtfilt", lambda x: signal.filtfilt([0.2, 0.3], [1.0, -0.5], x), T8),
    *[
        (f"filtfilt {padtype}", lambda x, p=padtype: signal.filtfilt(B, A, x, padtype=p, padlen=5), X)
        for padtype in ("odd", "even", "constant", None)
    ],
    ("filtfilt gust", lambda x: signal.filtfilt(B, A, x, method="gust"), X),
    ("sosfilt", lambda x: signal.sosfilt(SOS, x), T8),
    ("sosfilt axis", lambda x: signal.sosfilt(SOS, x, axis=0), M),
    (
        "sosfilt zi",
        lambda x: np.concatenate([v.ravel() for v in signal.sosfilt(SOS, x[4:], zi=x[:4].reshape(2, 2))]),
        T8,
    ),
    ("sosfilt sos", lambda x: signal.sosfilt(np.concatenate([SOS[:, :3] * x[0], SOS[:, 3:]], 1), x), T8),
    ("sosfiltfilt", lambda x: signal.sosfiltfilt(SOS, x, padlen=4), X),
    *[
        (f"savgol_filter {mode}", lambda x, m=mode: signal.savgol_filter(x, 5, 2, mode=m), T8)
        for mode in ("interp", "mirror", "nearest", "constant", "wrap")
    ],
    ("savgol_filter deriv", lambda x: signal.savgol_filter(x, 5, 2, deriv=1, delta=0.5, axis=0), np.outer(T8, K)),
    ("detrend", lambda x: signal.detrend(x), T8),
    ("detrend constant", lambda x: signal.detrend(x, type="constant"), T8),
    ("detrend breakpoints", lambda x: signal.detrend(x, bp=[4]), T8),
    ("hilbert", lambda x: np.abs(signal.hilbert(x)), T8),
    ("hilbert2", lambda x: signal.hilbert2(x), M),
    ("resample", lambda x: signal.resample(x, 5), T8),
    ("resample up window", lambda x: signal.resample(x, 12, window="hann"), T8),
    ("resample_poly", lambda x: signal.resample_poly(x, 3, 2), T8),
    ("resample_poly padtype", lambda x: signal.resample_poly(x, 2, 3, padtype="line"), T8),
    ("decimate", lambda x: signal.decimate(x, 2, n=3), X),
    ("decimate fir", lambda x: signal.decimate(x, 2, ftype="fir", n=5), X),
    ("upfirdn", lambda x: signal.upfirdn(x[:3], x, 3, 2), T8),
    ("upfirdn axis", lambda x: signal.upfirdn(K, x, 2, 1, axis=0), M),
    ("upfirdn mode", lambda x: signal.upfirdn(K, x, 2, 1, mode="symmetric"), T8),
    ("welch", lambda x: signal.welch(x, nperseg=8)[1], X),
    ("welch options", lambda x: signal.welch(x, 2.0, "hamming", 8, 3, detrend="linear", scaling="spectrum")[1], X),
    ("welch median", lambda x: signal.welch(x, nperseg=8, average="median")[1], X),
    ("periodogram", lambda x: signal.periodogram(x, window="hann")[1], T8),
    ("csd", lambda x: signal.csd(x, x[::-1] ** 2, nperseg=8)[1], X),
    ("coherence", lambda x: signal.coherence(x, x[::-1] ** 2, nperseg=8)[1], X),
    ("spectrogram", lambda x: signal.spectrogram(x, nperseg=8, noverlap=4)[2], X),
    ("stft", lambda x: signal.stft(x, nperseg=8)[2], X),
    ("istft", lambda x: signal.istft(signal.stft(x, nperseg=8)[2] ** 2, nperseg=8)[1], X),
    ("ShortTimeFFT", lambda x: signal.ShortTimeFFT(np.hanning(6) + 0.1, 2, 1.0).stft(x), X),
    ("freqz", lambda x: signal.freqz(x[:3], [1.0, 0.3], worN=5)[1], T8),
    ("freqz a", lambda x: signal.freqz([1.0, 0.5], x[:3], worN=[0.1, 0.7])[1], T8),
    ("freqz_zpk", lambda x: signal.freqz_zpk(x[:2], [0.3], 2.0, worN=[0.1, 0.7])[1], T8),
    ("freqs", lambda x: signal.freqs(x[:2], [1.0, 0.3], worN=[0.5, 1.5])[1], T8),
    ("sosfreqz", lambda x: signal.sosfreqz(np.concatenate([SOS[:, :3] * x[0], SOS[:, 3:]], 1), worN=4)[1], T8[:1]),
    ("group_delay", lambda x: signal.group_delay((x[:3], [1.0, 0.3]), w=[0.3, 0.9])[1], T8),
    ("medfilt", lambda x: signal.medfilt(x, 3), T8),
    ("medfilt2d", lambda x: signal.medfilt2d(x, 3), M),
    ("order_filter", lambda x: signal.order_filter(x, np.ones(3), 2), T8),
    ("wiener", lambda x: signal.wiener(x, 3), T8),
    ("find_peaks", lambda x: x[signal.find_peaks(x)[0]], X),
    ("peak_prominences", lambda x: signal.peak_prominences(x, signal.find_peaks(x)[0])[0], X),
    ("peak_widths", lambda x: signal.peak_widths(x, signal.find_peaks(x)[0])[0], X),
    ("argrelmax", lambda x: x[signal.argrelmax(x)[0]], X),
    ("gausspulse", lambda x: signal.gausspulse(x, fc=2.0), T8),
    ("chirp", lambda x: signal.chirp(x, f0=1.0, f1=3.0, t1=2.0, method="linear"), T8),
    ("chirp frequencies", lambda x: signal.chirp(np.linspace(0, 1, 5), f0=x[0], f1=x[3], t1=2.0), T8),
    ("sawtooth", lambda x: signal.sawtooth(x), T8),
    ("square", lambda x: signal.square(x) * x, T8),
    ("sweep_poly", lambda x: signal.sweep_poly(x, np.array([1.0, 2.0])), T8),
    ("windows", lambda x: signal.windows.kaiser(6, x[3]) + signal.windows.gaussian(6, 1 + x[3]), T8),
    ("windows tukey", lambda x: signal.windows.general_hamming(6, x[0]) + signal.windows.exponential(6, tau=x[3]), T8),
    ("zpk2tf", lambda x: np.concatenate(signal.zpk2tf(x[:2], x[2:4], x[4])), T8),
    ("tf2zpk", lambda x: np.sort(np.abs(signal.tf2zpk(x[:3], [1.0, 0.2])[0])), T8),
    ("tf2ss", lambda x: np.concatenate([v.ravel() for v in signal.tf2ss(x[:2], [1.0, x[3], 0.3])]), T8),
    ("bilinear", lambda x: np.concatenate(signal.bilinear(x[:3], [1.0, x[3], 0.3], fs=2.0)), T8),
    ("bilinear_zpk", lambda x: signal.bilinear_zpk(x[:1], x[2:4], 1.0, 2.0)[1], T8),
    (
        "cont2discrete",
        lambda x: signal.cont2discrete((x[:4].reshape(2, 2), np.eye(2), np.eye(2), np.zeros((2, 2))), 0.1)[0],
        T8,
    ),
    (
        "cont2discrete bilinear",
        lambda x: signal.cont2discrete((x[:4].reshape(2, 2), np.eye(2), np.eye(2), np.zeros((2, 2))), 0.1, "bilinear")[
            1
        ],
        T8,
    ),
    ("lsim", lambda x: signal.lsim(([1.0], [1.0, 1 + x[3] ** 2]), x, np.arange(8.0))[1], T8),
    ("step", lambda x: signal.step(([x[3]], [1.0, 1.5]), T=np.linspace(0, 1, 4))[1], T8),
    ("impulse", lambda x: signal.impulse(([x[3]], [1.0, 1.5]), T=np.linspace(0, 1, 4))[1], T8),
    (
        "dlsim",
        lambda x: signal.dlsim((np.eye(1) * x[0], np.eye(1), np.eye(1), np.zeros((1, 1)), 0.1), x[:, None])[1],
        T8,
    ),
    ("butter cutoff", lambda x: np.concatenate(signal.butter(2, x[0])), T8[:1]),
    ("butter band", lambda x: signal.butter(1, [x[0], x[0] + 0.3], "bandpass", output="sos"), T8[:1]),
    ("butter zpk", lambda x: np.concatenate(signal.butter(3, x[0], output="zpk")[:2]), T8[:1]),
    ("cheby1 ripple", lambda x: np.concatenate(signal.cheby1(2, 1 + x[0], 0.3)), T8[:1]),
    ("firwin", lambda x: signal.firwin(5, x[0]), T8[:1]),
    ("iirnotch", lambda x: np.concatenate(signal.iirnotch(x[0], 5.0)), T8[:1]),
    ("czt", lambda x: signal.czt(x, 5), T8),
    ("zoom_fft", lambda x: signal.zoom_fft(x, [0.1, 0.5], 5), T8),
    ("lombscargle", lambda x: signal.lombscargle(np.arange(8.0), x, np.array([0.5, 1.0])), T8),
    ("vectorstrength", lambda x: signal.vectorstrength(x, 1.3)[0], T8),
    ("deconvolve", lambda x: signal.deconvolve(x, [1.0, 0.5])[0], T8),
    ("cspline1d", lambda x: signal.cspline1d(x), T8),
    ("residue", lambda x: signal.residue([x[0]], [1.0, 3.0, 2.0])[0], T8[:1]),
    ("sepfir2d", lambda x: signal.sepfir2d(x, x[0, :3], K), M),
    ("symiirorder1", lambda x: signal.symiirorder1(x, 0.5, 0.2), X),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_derivatives(case: Any) -> None:
    name, function, x = case
    again = name in {
        "lfilter all",
        "lfilter zi",
        "convolve same direct",
        "convolve2d same symm",
        "upfirdn",
        "sosfilt sos",
    }
    check_array_derivatives(function, x, second=1e-6 if again else None)
