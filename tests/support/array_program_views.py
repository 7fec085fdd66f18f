"""Steps of random array programs that take views, and what all steps need."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

Log = list[Any]
Step = Callable[[Any, Any, random.Random, Log], Any]

SLICES = (
    slice(None), slice(1, None), slice(None, -1), slice(None, None, -1), slice(None, None, 2), slice(1, 3),
    slice(2, 2), slice(None, None, -2), slice(5, None), slice(-2, None),
)  # fmt: skip


def single(x: Any) -> Any:
    """Return the array in single precision."""
    return x.astype(np.complex64 if x.dtype.kind == "c" else np.float32)


def logged(log: Log, decisions: Any) -> Any:
    """Note what was decided, and return it."""
    log.append(np.asarray(decisions).tolist())
    return decisions


def above(x: Any, log: Log, threshold: float = 0.41379) -> Any:
    """Return the mask of what is above a number."""
    return logged(log, x > threshold)


def some_index(x: Any, choose: random.Random) -> tuple[int, ...]:
    """Return the index of an element."""
    return tuple(choose.randrange(-n, n) for n in x.shape)


def some_rows(x: Any, choose: random.Random) -> list[int]:
    """Return positions on the first axis, some of them more than once."""
    return [choose.randrange(-len(x), len(x)) for _ in range(choose.randrange(4))]


def assert_writeable(x: Any) -> None:
    """Raise where an array can't be written to: `ufunc.at` writes into it all the same."""
    if not x.flags.writeable:
        raise ValueError("assignment destination is read-only")


# -- views -------------------------------------------------------------------------------------------------------------


def slice_of_rows(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x[choose.choice(SLICES)]


def slice_of_columns(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x[:, choose.choice(SLICES)]


def slice_of_slice(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x[choose.choice(SLICES)][choose.choice(SLICES)]


def last_axis(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x[..., choose.choice(SLICES)]


def one_row(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x[choose.randrange(len(x))]


def with_new_axis(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x[None] if choose.random() < 0.5 else x[..., np.newaxis]


def transposed(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x.T if choose.random() < 0.5 else x.transpose()


def axes_swapped(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x.swapaxes(0, -1) if choose.random() < 0.5 else np.moveaxis(x, 0, -1)


def reshaped(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x.reshape(-1) if choose.random() < 0.5 else np.reshape(x, (2, -1))


def raveled(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x.ravel() if choose.random() < 0.5 else np.ravel(x)


def flattened(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x.flatten()


def squeezed(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.squeeze(x[None])


def diagonal(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x.diagonal()


def flipped(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.flip(x, 0) if choose.random() < 0.5 else np.rot90(x)


def broadcast(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.broadcast_to(x[:1], x.shape)


def windows(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.lib.stride_tricks.sliding_window_view(x, 2, axis=0)


def written_view(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    view = x[choose.choice(SLICES)]
    x *= 0.9
    view += 0.01
    return view


def split(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.split(x, 2)


def real_part(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x if x.dtype.kind == "c" else x.real


def viewed(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return x.view()
