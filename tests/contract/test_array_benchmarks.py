"""The benchmarks of numpy programs do the same work for everybody, and say what they measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from benchmarks import __main__ as command
from benchmarks import arrays
from benchmarks.array_peers import PEERS, Prepare, program_named
from benchmarks.arrays import PROGRAMS, Row, measured, table_of, targets

import minitorch

LOGISTIC = "logistic_regression"


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_source_as_it_is_has_its_gradient(name: str) -> None:
    program = program_named(name)
    value, gradient = minitorch.value_and_grad(program_named(name).loss)(program.INPUT)
    assert value == program.loss(program.INPUT)
    rng = np.random.default_rng(0)
    several = isinstance(program.INPUT, list)
    given, found = (program.INPUT, gradient) if several else ([program.INPUT], [gradient])
    directions = [rng.standard_normal(x.shape) for x in given]

    def at(step: float) -> float:
        moved = [x + step * d for x, d in zip(given, directions, strict=True)]
        return float(program.loss(moved if several else moved[0]))

    step = 1e-6
    difference = (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step)
    assert sum(np.sum(g * d) for g, d in zip(found, directions, strict=True)) == pytest.approx(difference, rel=1e-5)


def test_peers_agree_where_they_are_installed() -> None:
    for name in ("forest_fire", "heat_equation", "asian_option"):
        rows = measured(name, ["numpy", "minitorch", "autograd"], repeats=1)
        assert all(row.seconds and row.memory for row in rows if "not installed" not in row.note), rows


def test_the_command_prints_a_table_and_targets(capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["arrays", "--program", LOGISTIC, "--peer", "numpy", "--peer", "minitorch", "--repeats", "1"])
    title, headings, *lines = capsys.readouterr().out.splitlines()
    assert title == "logistic regression"
    assert headings.split()[0] == "ms"
    assert [line.split()[0] for line in lines[:2]] == ["numpy", "minitorch"]
    assert lines[-1].startswith("logistic regression, beside numpy")


def missing() -> Prepare:
    raise ImportError("No module named 'torch'")


def wrong(value: float) -> Callable[[], Prepare]:
    return lambda: lambda program: lambda: (value, np.zeros(20))


def slow() -> Prepare:
    return lambda program: lambda: (time.sleep(30.0), None)


@pytest.mark.parametrize(
    ("peer", "note"),
    [
        (missing, "not installed (No module named 'torch')"),
        (wrong(1.0), "wrong: value 1.0 instead of"),
        (wrong(program_named(LOGISTIC).loss(program_named(LOGISTIC).INPUT)), "wrong: derivatives differ by up to"),
        (lambda: lambda program: program.nothing, "can't: AttributeError"),
        (slow, "takes longer than 0 s"),
    ],
)
def test_a_peer_that_fails_says_so_instead_of_a_time(
    monkeypatch: pytest.MonkeyPatch, peer: Callable[[], Prepare], note: str
) -> None:
    monkeypatch.setitem(PEERS, "other", peer)
    _, row = measured(LOGISTIC, ["minitorch", "other"], repeats=1, patience=0.3 if peer is slow else 60.0)
    assert row.note.startswith(note)
    assert not row.seconds
    assert table_of([row]).lines == [("other", row.note)]


def test_targets_compare_what_was_measured() -> None:
    times: dict[str, tuple[float, int | None]] = {
        "numpy": (1.0, 10), "minitorch": (3.0, 50), "autograd": (6.0, 40), "torch": (3.5, None),
    }  # fmt: skip
    rows = [
        Row(name, peer, [seconds, seconds], memory)
        for name in arrays.MAX_TIMES_NUMPY
        for peer, (seconds, memory) in times.items()
    ]
    made: dict[str, Any] = {figure.name: (figure.value, figure.reached) for figure in targets(rows)}
    assert made["many bodies, beside numpy"] == (3.0, True)
    assert made["many bodies, beside autograd"] == (0.5, True)
    assert made["many bodies, memory beside autograd"] == (1.25, False)
    assert made["programs faster than torch"] == (6, True)
