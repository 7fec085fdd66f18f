"""Signatures of live functions, of whose annotations nothing is evaluated.

From Python 3.14 on annotations are evaluated where somebody asks for them, and may name what is not there at run time:

    if TYPE_CHECKING:
        from numbers import Real
    def half(x: Real): ...              inspect.signature(half) raises NameError
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

if sys.version_info >= (3, 14):
    import annotationlib

    FORMAT: Final[dict[str, Any]] = {"annotation_format": annotationlib.Format.STRING}
else:
    FORMAT: Final[dict[str, Any]] = {}

__all__ = ["copy_annotations", "signature_of"]


def signature_of(callee: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of a callable; its annotations are texts where Python has not evaluated them yet.

    Raises:
        TypeError: it is no callable that `inspect` knows.
        ValueError: it does not tell its signature.

    >>> signature_of(lambda x, *, scale=1.0: x)
    <Signature (x, *, scale=1.0)>
    """
    return inspect.signature(callee, **FORMAT)


def copy_annotations(twin: FunctionType, function: FunctionType) -> None:
    """Give a function the annotations of another one, evaluated or not."""
    annotate = getattr(function, "__annotate__", None)
    if annotate is None:
        twin.__annotations__ = function.__annotations__
    else:
        twin.__annotate__ = annotate  # type: ignore[attr-defined]
