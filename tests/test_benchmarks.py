"""The benchmarks measure the same work in both forms, and say what they measured."""

from __future__ import annotations

import json
import pkgutil

import pytest
from benchmarks import __main__ as command
from benchmarks import programs
from benchmarks.figures import Figure
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
