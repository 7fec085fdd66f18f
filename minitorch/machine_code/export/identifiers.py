"""Names of variables in source that is written: those of the user's source where it has one, and unique.

>>> identifiers = Identifiers({"lambda"})
>>> identifiers.new("rate"), identifiers.new("rate"), identifiers.new("lambda"), identifiers.new("self.x[0]")
('rate', 'rate_2', 'lambda_2', 'self_x_0')
>>> identifiers.new(None)
't1'
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Identifiers"]


class Identifiers:
    """Makes identifiers that clash neither with each other nor with words of the language.

    Args:
        reserved: words that are taken.
        ascii_only: whether letters beyond ASCII are not allowed.

    Attributes:
        count: how many there are.
    """

    def __init__(self, reserved: Iterable[str], ascii_only: bool = False) -> None:
        self.taken = set(reserved)
        self.pattern = re.compile(r"\W+", re.ASCII if ascii_only else 0)
        self.made: list[tuple[str, str, int]] = []
        self.numbers: dict[str, int] = {}

    @property
    def count(self) -> int:
        """How many identifiers there are."""
        return len(self.made)

    def new(self, wanted: str | None) -> str:
        """Make one.

        Args:
            wanted: what the user's source calls it, a name or any expression; None for a value without a name.
        """
        stem = "t" if wanted is None else self.stem(wanted)
        candidate = "" if wanted is None else stem
        before = number = self.numbers.get(stem, 0 if wanted is None else 1)
        while not candidate or candidate in self.taken:
            number += 1
            candidate = f"t{number}" if wanted is None else f"{stem}_{number}"
        self.made.append((candidate, stem, before))
        self.taken.add(candidate)
        self.numbers[stem] = number
        return candidate

    def stem(self, wanted: str) -> str:
        """Turn an expression into a word.

        >>> Identifiers(()).stem("0 < rate")
        '_0_rate'
        """
        word = self.pattern.sub("_", wanted).strip("_") or "value"
        word = f"_{word}" if word[0].isdigit() else word
        return word if word.isidentifier() else re.sub(r"\W", "_", word, flags=re.ASCII)

    def forget_after(self, count: int) -> None:
        """Keep the first ones, and give the names of the others out again."""
        while len(self.made) > count:
            name, stem, before = self.made.pop()
            self.taken.discard(name)
            self.numbers[stem] = before
