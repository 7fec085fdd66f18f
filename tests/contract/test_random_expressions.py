"""Random expressions give the same on all roads: value, error and derivatives; forward mode gives the derivatives, too.

The suite takes always the same few; `python -m tests.support.random_expressions 100000` takes as many as asked for.
"""

from __future__ import annotations

import random

import pytest
from random_expressions import CALLS, OPERATORS, Disagreement, check, check_module, on_all_roads, random_expression

import minitorch


@pytest.mark.parametrize("seed", range(6))
def test_all_roads_agree(seed: int) -> None:
    kinds, wrong = check_module(seed, 500)
    assert not wrong, "\n".join(wrong)
    assert kinds["have a derivative, which forward mode confirms"] > 250
    assert kinds["run on operators of Scalars, too"] > 150


def test_every_form_is_drawn() -> None:
    source = random.Random(1)
    texts = [random_expression(source).text for _ in range(3000)]
    for form in OPERATORS + CALLS:
        pieces = form.replace("{exponent}", "{}").split("{}")
        assert any(all(piece in text for piece in pieces) for text in texts), form


def test_a_road_that_differs_is_noticed() -> None:
    source = random.Random(2)
    expression = random_expression(source)._replace(text="(a * a)", variables=1, operators=True)
    for roads in on_all_roads([expression], "random_expression_that_differs"):
        assert check(expression, roads, (3.0,)) == "have a derivative, which forward mode confirms"
        with pytest.raises(Disagreement, match=r"hook on floats"):
            check(expression, roads._replace(hook=lambda a: a), (3.0,))
        with pytest.raises(Disagreement, match=r"operators, derivatives"):
            check(expression, roads._replace(operators=lambda a: a * minitorch.detach(a)), (3.0,))
