"""What replaces the transforms of scipy.fft, which choose what computes them in code that is not traced."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from minitorch.arrays.fourier import FOURIER
from minitorch.scipy_functions.fourier import transforms
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_calls import gated
from minitorch.transformer import Alias

__all__ = ["rows"]


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of `scipy.fft`."""
    for name, own in transforms(library).items():
        yield getattr(library, name), Alias(f"fft.{name}", own)
    for name in ("fftshift", "ifftshift"):
        shift = next(own for function, own in FOURIER.items() if function.__name__ == name)
        yield getattr(library, name), Alias(f"fft.{name}", shift)
    backend: Any = sys.modules["scipy.fft._fftlog_backend"]
    for name in ("fht", "ifht"):
        yield getattr(library, name), Alias(f"fft.{name}", gated(getattr(backend, name)))
