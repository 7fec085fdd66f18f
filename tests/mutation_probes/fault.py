"""A small fault, and the tests that are to find it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Fault", "put_in"]


@dataclass(frozen=True)
class Fault:
    """One place of the sources, and what stands there instead.

    Args:
        name: what goes wrong.
        file: the file, from the top of the checkout.
        before: the text that is replaced, which the file has once.
        after: what it is replaced by.
        tests: what pytest is given to find it.
        survives: why no test can find it; empty if one must.
        in_python: whether the recorder in Python records meanwhile: that in C has the rules in its own words.
    """

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    survives: str = ""
    in_python: bool = False


def put_in(fault: Fault, checkout: Path) -> str:
    """Put a fault into a checkout, and return the text of its file as it was.

    Raises:
        ValueError: the file does not have the text of before, or has it several times.
    """
    path = checkout / fault.file
    text = path.read_text()
    count = text.count(fault.before)
    if count != 1:
        raise ValueError(f"{fault.name}: {fault.file} has its text {count} times, not once: {fault.before!r}")
    path.write_text(text.replace(fault.before, fault.after))
    return text
