"""Programs with habits of code that was not written for derivatives do the same on all roads, or say that they do not.

The suite takes always the same few; `python tests/support/habit_roads.py 20000` takes as many as asked for.
"""

from __future__ import annotations

import re

import pytest
from habit_roads import check_program, check_programs
from random_habits import DEFINITIONS, PRELUDE, random_program

PROGRAMS = 60


@pytest.mark.slow
@pytest.mark.parametrize("part", range(2))
def test_all_roads_agree(part: int) -> None:
    size = PROGRAMS // 2
    kinds, wrong = check_programs(range(part * size, (part + 1) * size))
    assert not wrong, "\n".join(wrong)
    assert kinds["derivative: confirmed"] > size // 4 and kinds["compiled: agrees"] > 2 * size


def test_every_definition_is_drawn() -> None:
    texts = [random_program(seed) for seed in range(600)]
    for code, _ in DEFINITIONS:
        pieces = code.splitlines()[0].split("$")[0].split("#")
        assert any(all(piece in text for piece in pieces) for text in texts), code


WRONG = {
    "a derivative": ("return float(minitorch.detach(x)) * x", "value_and_grad, call 0 .* differences"),
    "an effect": ("LOG.append(sys.getprofile() is None)\n    return x * y", "compiled, call 0 .* LOG"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_road_that_differs_is_noticed(name: str) -> None:
    body, what = WRONG[name]
    text = f"import minitorch, sys\n{PRELUDE}\ndef main(x, y):\n    {body}\n"
    _, wrong = check_program(-1, text)
    assert any(re.search(what, line) for line in wrong), wrong
