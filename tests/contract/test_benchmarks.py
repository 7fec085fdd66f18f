"""The benchmarks measure the same work in both forms, and say what they measured."""

from __future__ import annotations

import gc
import importlib
import json
import math
import pkgutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks import __main__ as command
from benchmarks import eager, eager_programs, growth, loops, never_slower, programs, running, small_functions
from benchmarks.eager import measured
from benchmarks.eager_peers import PEERS, Peer, Recorded
from benchmarks.eager_programs import PLAIN, Program, Run
from benchmarks.eager_table import Row, table_of, targets
from benchmarks.figures import Figure
from benchmarks.fresh import set_aside
from benchmarks.operations import operations
from benchmarks.running import both_forms

import minitorch

NAMES = [name for _, name, _ in pkgutil.iter_modules(programs.__path__)]


@pytest.mark.parametrize("name", NAMES)
def test_both_forms_of_a_program_give_the_same(name: str) -> None:
    plain, hooked = both_forms(f"{programs.__name__}.{name}")
    expected = plain.run()
    assert hooked.run() == expected
    alive = minitorch.Scalar(1.0)
    assert hooked.run() == expected
    assert alive.is_leaf()


def test_small_functions_that_were_handed_over_give_the_same() -> None:
    expected = running.call_all(small_functions)
    handed = running.handed_form()
    assert running.call_all(handed) == expected
    assert running.call_all(handed, minitorch.Scalar(1.0)) == expected


def test_a_missed_target_shows_in_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {"fast": [Figure("fast", 1.0, "times", 1.1)], "slow": [Figure("slow", 2.0, "times", 1.1)]}
    monkeypatch.setattr(command, "BENCHMARKS", {name: (lambda name=name: made[name]) for name in made})
    assert command.main(["fast"]) == 0
    assert command.main([]) == 1
    assert "slow  2.00 times  at most 1.10  missed" in capsys.readouterr().out
    assert command.main(["slow", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["figures"][0]["reached"] is False


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["nothing"])
    assert stopped.value.code == 2
    assert "no benchmark 'nothing'" in capsys.readouterr().err


# -- eager recording ---------------------------------------------------------------------------------------------------

with set_aside(["geographiclib", eager_programs.__name__]):
    # Other tests rewrite the library that everybody has.
    untraced = importlib.import_module(eager_programs.__name__)

SMALL = [
    Program(eager_programs.network, eager_programs.weights()),
    Program(eager_programs.rosenbrock, [-1.2, 1.0, 0.8]),
    Program(eager_programs.black_scholes, [100.0, 105.0, 0.75, 0.03, 0.25]),
    Program(eager_programs.wide_sums, [0.5, 1.5, -2.0]),
    Program(untraced.geographiclib, [40.6, -73.8, 51.6, -0.5]),
]
OURS = ("traced code", "operators", "value_and_grad", "operators in Python")


@pytest.fixture
def peers() -> Iterator[dict[str, Peer]]:
    """The ways of minitorch."""
    # Each measurement begins with a collection, which is not to look through all that other tests have left.
    gc.freeze()
    yield {name: PEERS[name]() for name in OURS}
    gc.unfreeze()


def test_every_way_of_ours_agrees_with_plain_floats(peers: dict[str, Peer]) -> None:
    for program in SMALL:
        rows = measured(program, peers | {"plain floats": PEERS["plain floats"]()}, repeats=1)
        notes = {row.peer: row.note for row in rows if row.note}
        expected = {"operators", "operators in Python"} if program.name == "geographiclib" else set()
        assert notes.keys() == expected, notes
        assert all("HistoryLostError" in note for note in notes.values())
        assert all(row.each(row.seconds) and row.memory is not None for row in rows if not row.note)


@pytest.mark.parametrize(
    ("run", "inputs", "count"),
    [
        (eager_programs.rosenbrock, [1.0, 2.0, 3.0], 2 * 8),
        (eager_programs.wide_sums, [1.0, 2.0, 3.0], 3 + 2 * 3 + 1),
        (eager_programs.black_scholes, [100.0, 105.0, 0.75, 0.03, 0.25], 26),
        (lambda x, functions: functions.relu(2.0 - x[0]) if x[0] > 1.0 else -x[0], [3.0], 2),
        (lambda x, functions: 1.0, [3.0], 0),
    ],
)
def test_operations_are_those_of_the_program(run: Run, inputs: list[float], count: int) -> None:
    assert operations(run, inputs) == count


def test_a_peer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Peer:
        raise ImportError("No module named 'micrograd'")

    monkeypatch.setitem(PEERS, "micrograd", missing)
    rows = measured(SMALL[1], eager.peers_named(["micrograd"]))
    assert table_of(rows).text().splitlines()[-1].split("   ")[-1].startswith("not installed (No module named")


@pytest.mark.parametrize(
    ("record", "note"),
    [
        (lambda program: Recorded(1.0, lambda: [0.0] * 3), "wrong: value 1.0 instead of"),
        (lambda program: Recorded(program.run(program.inputs, PLAIN), lambda: [0.0] * 3), "wrong: derivative 0.0"),
        (lambda program: Recorded(program.run(program.inputs, None), lambda: []), "can't: ValueError"),
        (lambda program: math.sqrt(-1.0), "can't: ValueError: "),
    ],
)
def test_a_peer_that_fails_says_so_instead_of_a_time(record: Callable[[Program], Recorded], note: str) -> None:
    (row,) = measured(SMALL[1], {"other": Peer(record)})
    assert row.note.startswith(note)
    assert not row.seconds
    assert row.line(None, None) == ("other", row.note)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers that interrupt")
def test_a_peer_that_takes_too_long_is_stopped() -> None:
    def record(program: Program) -> Recorded:
        while True:
            pass

    (row,) = measured(SMALL[1], {"other": Peer(record)}, patience=0.05)
    assert row.note == "takes longer than 0 s"


def test_targets_compare_what_was_measured() -> None:
    times = {"plain floats": 1.0, "traced code": 10.0, "operators": 30.0, "micrograd": 100.0}
    rows = [Row("rosenbrock", peer, 1_000, [seconds, seconds]) for peer, seconds in times.items()]
    made = {figure.name: (figure.value, figure.reached) for figure in targets(rows)}
    assert made == {
        "rosenbrock: operators, faster than micrograd": (100.0 / 30.0, False),
        "rosenbrock: traced code, faster than micrograd": (10.0, True),
        "rosenbrock: operators, beside plain floats": (30.0, False),
        "rosenbrock: traced code, beside plain floats": (10.0, True),
    }


def test_growth_is_measured_drawn_and_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "growth.svg"
    command.main(["growth", "--largest", "10000", "--repeats", "1", "--plot", str(picture), "--json"])
    printed = json.loads(capsys.readouterr().out)
    assert [row["operations"] for row in printed["tables"]["growth"]] == [1_000, 10_000]
    assert all(row["held"] > 0 for row in printed["tables"]["growth"])
    assert "operations" in picture.read_text(encoding="utf-8")


@pytest.mark.parametrize("count", [4, 40, 1_000])
def test_growth_does_as_many_operations_as_it_says(count: int) -> None:
    x, y = minitorch.Scalar(0.5), minitorch.Scalar(0.25)
    since = minitorch.Variable(None).unique_id
    growth.grown(x, y, count)
    assert minitorch.Variable(None).unique_id - since - 1 == count


def test_options_choose_programs_and_peers(capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["eager", "--program", "black scholes", "--peer", "plain floats", "--peer", "operators",
                  "--repeats", "2"])  # fmt: skip
    title, headings, *lines = capsys.readouterr().out.splitlines()[:4]
    assert title == "black scholes: 26 operations"
    assert headings.split()[0] == "ns/operation"
    assert [line.split("  ")[1] for line in lines] == ["plain floats", "operators"]


def test_loops_are_timed_beside_plain_and_eager_runs(tmp_path: Path) -> None:
    taken = loops.seconds_of("cooling", 4, str(tmp_path))
    assert {way: len(seconds) for way, seconds in taken.items()} == {"plain": 4, "eager": 4, "compiled": 4}
    taken = {"plain": [1.0, 1.0], "eager": [8.0, 8.0], "compiled": [12.0, 0.5]}
    assert loops.record_of("cooling", taken) == {
        "program": "cooling", "plain": 1.0, "eager": 8.0, "compiled": 6.25, "all": 12.5 / 16.0, "first": 12.0,
    }  # fmt: skip


def test_two_hundred_calls_are_timed_beside_eager_ones(tmp_path: Path) -> None:
    found = never_slower.seconds_of("suite:programs.horner", 4, str(tmp_path))
    assert len(found["compiled"]) == len(found["eager"]) == 4
    found = {"compiled": [3.0, 1.0], "eager": [1.0, 1.0], "reasons": ["why"]}
    assert never_slower.record_of("one", found) == {
        "program": "one", "eager": 1.0, "all": 2.0, "later": 1.0, "dearest": 3.0, "reasons": ["why"],
    }  # fmt: skip
    assert {"suite:programs.horner", "random:0"} < set(never_slower.names())
