"""scipy.fft inside differentiated functions: all transforms, of all types, scalings and sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import fft

import minitorch
from tests.support.array_derivatives import check_array_derivatives

V = np.array([0.3, -1.2, 0.8, 2.0, -0.5, 1.1, 0.05])
M = np.outer(V[:3], np.cos(V[:5])) + 0.3
C = V * (1 + 0.5j) + 0.2j
CM = M + 0.4j * np.sin(M)

CASES: list[Any] = [
    *[
        (f"{name} n={n} {norm}", lambda x, name=name, n=n, norm=norm: getattr(fft, name)(x, n, norm=norm), V)
        for name in ("fft", "ifft", "rfft", "ihfft", "irfft", "hfft")
        for n, norm in ((None, None), (5, "ortho"), (10, "forward"), (4, "backward"))
    ],
    *[
        (f"{name} of complex n={n}", lambda x, name=name, n=n: getattr(fft, name)(x * C, n=n, norm="ortho"), V)
        for name in ("fft", "ifft", "irfft", "hfft")
        for n in (None, 6)
    ],
    *[
        (f"{name} {s} {axes}", lambda x, name=name, s=s, axes=axes: getattr(fft, name)(x, s=s, axes=axes), M)
        for name in ("fftn", "ifftn", "rfftn", "ihfftn")
        for s, axes in ((None, None), ((2, 6), None), ((4,), (0,)), (None, (1, 0)))
    ],
    *[
        (f"{name} of complex {s}", lambda x, name=name, s=s: getattr(fft, name)(x * CM, s=s, norm="forward"), M)
        for name in ("fft2", "ifft2", "irfft2", "irfftn", "hfft2", "hfftn", "fftn")
        for s in (None, (4, 6))
    ],
    ("rfft2", lambda x: fft.rfft2(x, workers=2), M),
    ("ihfft2", lambda x: fft.ihfft2(x), M),
    ("rfft axis", lambda x: fft.rfft(x, axis=0, overwrite_x=True), M),
    ("fft axis", lambda x: fft.fft(x, None, 0), M),
    *[
        (
            f"{name}{kind} {norm} {orthogonalize}",
            lambda x, name=name, kind=kind, norm=norm, o=orthogonalize: getattr(fft, name)(
                x, kind, norm=norm, orthogonalize=o
            ),
            V,
        )
        for name in ("dct", "idct", "dst", "idst")
        for kind in (1, 2, 3, 4)
        for norm, orthogonalize in ((None, None), ("ortho", None), ("forward", True), ("ortho", False))
    ],
    *[
        (f"{name}{kind} s", lambda x, name=name, kind=kind: getattr(fft, name)(x, kind, s=(4, 3)), M)
        for name in ("dctn", "idctn", "dstn", "idstn")
        for kind in (1, 2)
    ],
    ("dctn axes", lambda x: fft.dctn(x, axes=(0,), norm="ortho"), M),
    ("dct axis n", lambda x: fft.dct(x, n=4, axis=0), M),
    ("dct axis n longer", lambda x: fft.dct(x, 2, 7, 1, "ortho"), M),
    ("dct of complex", lambda x: fft.dct(x * C), V),
    ("fftshift", lambda x: fft.fftshift(x) * fft.fftfreq(len(x)) + fft.ifftshift(x), V),
    ("rfft times frequencies", lambda x: fft.irfft(fft.rfft(x) * fft.rfftfreq(len(x)), len(x)), V),
    ("numbers", lambda x: fft.fft([x[0], 1.0, x[1] * x[2]]), V[:3]),
    ("fht", lambda x: fft.fht(x, 0.3, 0.5), V),
    ("fht bias", lambda x: fft.ifht(x, 0.3, 0.5, offset=0.1, bias=0.2), V),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_derivatives(case: Any) -> None:
    name, function, x = case
    again = name.startswith(("rfft2", "dct axis", "fht", "fft axis"))
    check_array_derivatives(function, x, second=1e-6 if again else None)


def test_the_derivative_of_a_spectrum_is_differentiated_again() -> None:
    def power(x: Any) -> Any:
        return (np.abs(fft.rfft(x)) ** 2 * np.arange(4.0)).sum() + (fft.dct(x, 1) ** 3).sum() + (fft.idst(x) ** 3).sum()

    check_array_derivatives(power, V)


def test_single_precision_stays() -> None:
    value, pull = minitorch.vjp(lambda x: fft.dct(x), V.astype(np.float32))
    assert np.asarray(value).dtype == np.float32
    assert np.asarray(pull(np.ones(7, np.float32))[0]).dtype == np.float32
