"""The recorder in C: what `reference` does in Python, and what is not for the recorder alone."""

from collections.abc import Callable
from typing import Any

from minitorch.recorder.reference import Countdown as Countdown
from minitorch.recorder.reference import ScalarBase as ScalarBase
from minitorch.recorder.reference import VariableBase as VariableBase
from minitorch.recorder.reference import add_row as add_row
from minitorch.recorder.reference import call_of as call_of
from minitorch.recorder.reference import connect as connect
from minitorch.recorder.reference import count_operation as count_operation
from minitorch.recorder.reference import leaves as leaves
from minitorch.recorder.reference import next_unique_id as next_unique_id
from minitorch.recorder.reference import origin_of_caller as origin_of_caller
from minitorch.recorder.reference import received_owner as received_owner
from minitorch.recorder.reference import track as track
from minitorch.recorder.reference import usual_of as usual_of

fingerprint: int
interface: int

def add_derivatives(leaves: list[Any], derivatives: list[Any], /) -> None: ...
def jvp(outputs: Any, inputs: Any, tangents: Any, since: int, /) -> list[float] | None: ...
def make_receiver(resolve: Any, name: str, /) -> Any: ...
def make_resolve(parts: Any, /) -> Callable[[Any], Any]: ...
def pooled_bytes() -> int: ...
def replacement(kind: Any, usual: Callable[..., Any], /, *parts: Any) -> Callable[..., Any]: ...
def sweep(outputs: Any, cotangents: Any, wanted: Any, since: int, how: int, /) -> list[float] | None: ...
