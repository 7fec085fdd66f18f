"""The small programs in `syntax/*.txt`, by name: those whose syntax this Python has.

=== name (3.12)
def program():
    …
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

__all__ = ["PROGRAMS"]

HEADLINE = re.compile(r"^=== (?P<name>.*?)(?: \(3\.(?P<version>\d+)\))?\n", re.MULTILINE)


def programs_of(text: str) -> dict[str, str]:
    """The programs in one file's text that this Python understands.

    >>> programs_of("About.\\n=== one\\nx = 1\\n=== other (3.99)\\ny = 2\\n")
    {'one': 'x = 1\\n'}
    """
    heads = list(HEADLINE.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {
        head["name"]: text[head.end() : end].rstrip() + "\n"
        for head, end in zip(heads, ends, strict=True)
        if sys.version_info >= (3, int(head["version"] or 0))
    }


PROGRAMS = {
    f"{path.stem}: {name}": program
    for path in sorted((Path(__file__).parent / "syntax").glob("*.txt"))
    for name, program in programs_of(path.read_text(encoding="utf-8")).items()
}
