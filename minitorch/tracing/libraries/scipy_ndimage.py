"""What replaces code in C that `scipy.ndimage` calls; its Python is followed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

from minitorch.arrays.makers import detached, wrapped
from minitorch.arrays.tensor import Tensor
from minitorch.scipy_functions import images, resampling
from minitorch.scipy_functions.twins import plainly
from minitorch.tracing.libraries import Resolve
from minitorch.transformer import Alias

__all__ = ["rows"]

FILTERS: Final[dict[str, Callable[[Any], Callable[..., Any]]]] = {
    "correlate1d": images.correlate1d,
    "correlate": images.correlate,
    "uniform_filter1d": images.uniform_filter1d,
    "min_or_max_filter1d": images.extreme_filter1d,
    "min_or_max_filter": images.extreme_filter,
    "rank_filter": images.rank_filter,
    "spline_filter1d": images.spline_filter1d,
    "fourier_filter": images.spectrum_filter,
    "fourier_shift": images.spectrum_shift,
    "zoom_shift": resampling.zoom_shift,
    "value_indices": plainly,
    "find_objects": plainly,
}
"""By name in `_nd_image`: what makes the replacement."""

PLAIN: Final = ("label", "find_objects", "binary_erosion", "binary_dilation", "binary_opening", "binary_closing")
"""Functions that give numbers of regions, or whether something is there."""


def output_for(function: Any) -> Callable[..., Any]:
    """Make what gives the array that a result is written to: a Tensor itself, or a new one."""

    def call(output: Any, *args: Any, **kwargs: Any) -> Any:
        made = function(detached(output), *map(detached, args), **detached(kwargs))
        return output if type(output) is Tensor else wrapped(made)

    return call


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of `scipy.ndimage`."""
    code: Any = sys.modules[f"{library.__name__}._nd_image"]
    for name, make in FILTERS.items():
        yield getattr(code, name), Alias(f"ndimage.{name}", make(getattr(code, name)))
    transform = code.geometric_transform
    yield transform, Alias("ndimage.geometric_transform", resampling.geometric_transform(transform, resolve))
    yield code.generic_filter, Alias("ndimage.generic_filter", images.generic_filter(code.generic_filter, resolve))
    along: Any = sys.modules.get(f"{library.__name__}._rank_filter_1d")
    if along is not None:
        yield along.rank_filter, Alias("ndimage.rank_filter", images.rank_filter1d(along.rank_filter))
    support: Any = sys.modules[f"{library.__name__}._ni_support"]
    yield support._get_output, Alias("ndimage._get_output", output_for(support._get_output))
    for name in PLAIN:
        function = getattr(library, name)
        yield function, Alias(f"ndimage.{name}", plainly(function))
