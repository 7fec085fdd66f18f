"""Random programs mean the same plain and rewritten: what they log, in which order, what they raise, and where.

The suite takes always the same few; the environment variable `RANDOM_PROGRAMS` asks for that many new ones.
"""

from __future__ import annotations

import linecache
import os
import re
from collections.abc import Callable
from types import CodeType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from random_programs import FILENAME, programs

import minitorch
from minitorch.tracing.tracer import dispatcher, targets
from transformer.linking import link
from transformer.loader import compile_rewritten

EXAMPLES = "RANDOM_PROGRAMS"
ADDRESS = re.compile(r"0x[0-9a-f]+")

Outcome = list[str]


def plain_code(source: str) -> CodeType:
    """The module as Python compiles it."""
    return compile(source, FILENAME, "exec", dont_inherit=True)


def hooked_code(source: str) -> CodeType:
    """The module as the import hook loads it."""
    code, _ = compile_rewritten(source.encode(), FILENAME, targets)
    return link(code, dispatcher.hooked_runtime, targets.switch)


def outcome(code: CodeType, source: str, convert: Callable[[Any], Any] = lambda function: function) -> Outcome:
    """What running a program shows: its log, then its global variables.

    Args:
        code: the module's code.
        source: its text, for whoever looks up lines.
        convert: what becomes of its `main` before that is called.
    """
    linecache.cache[FILENAME] = (len(source), None, source.splitlines(keepends=True), FILENAME)
    names: dict[str, Any] = {"__name__": "random_program", "__file__": FILENAME}
    exec(code, names)
    try:
        names["show"](convert(names["main"])())
    except Exception as error:
        names["note"](error)
    shown = [repr(entry) for entry in names["LOG"]]
    for name in sorted(names.keys() - {"__builtins__", "LOG"}):
        try:
            shown.append(f"{name} = {names[name]!r}"[:300])
        except Exception as error:
            shown.append(f"{name}: {error!r}")
    return [ADDRESS.sub("0x…", line) for line in shown]


def outcomes_are_the_same(source: str) -> None:
    """Run a program on every road, with no Scalar about and with one that it never meets."""
    code, rewritten = plain_code(source), hooked_code(source)
    expected = outcome(code, source)
    assert outcome(rewritten, source) == expected, "hook"
    assert outcome(code, source, minitorch.trace) == expected, "decorator"
    alive = minitorch.Scalar(1.0)
    assert alive.is_leaf()
    assert outcome(rewritten, source) == expected, "hook, with a Scalar alive"
    # Conversion happens in place and is remembered, so this run needs code of its own.
    assert outcome(plain_code(source), source, minitorch.trace) == expected, "decorator, with a Scalar alive"


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@settings(
    max_examples=int(os.environ.get(EXAMPLES, "150")),
    derandomize=EXAMPLES not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(programs())
def test_random_programs_mean_the_same(source: str) -> None:
    note(source)
    outcomes_are_the_same(source)
