"""Random programs mean the same plain and rewritten: what they log, in which order, what they raise, and where."""

from __future__ import annotations

import linecache
import re
import warnings
from collections.abc import Callable
from types import CodeType
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from random_programs import FILENAME, programs

import minitorch
from minitorch.tracing import dispatcher, targets
from transformer.linking import link
from transformer.loader import compile_rewritten

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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = plain_code(source)
        expected = outcome(code, source)
        rewritten = hooked_code(source)
    assert outcome(rewritten, source) == expected, "hook"
    assert outcome(code, source, minitorch.trace) == expected, "decorator"
    alive = minitorch.Scalar(1.0)
    assert alive.is_leaf()
    assert outcome(rewritten, source) == expected, "hook, with a Scalar alive"
    # Conversion happens in place, so the next run needs code of its own.
    assert outcome(plain_code(source), source, minitorch.trace) == expected, "decorator, with a Scalar alive"


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(programs())
def test_random_programs_mean_the_same(source: str) -> None:
    note(source)
    outcomes_are_the_same(source)
