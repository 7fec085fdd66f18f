"""Pictures as a browser shows them: no wider than a page, nothing cut, no line through a text or a node."""

from __future__ import annotations

import random
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Browser, chromium
from laid_out import shown
from paths import ROOT
from pictures import LOOP, computed, has_graphviz

from minitorch import Mul, Scalar, ScalarFunction, drawing
from minitorch.autodiff.history import Context
from minitorch.autodiff.variable import Variable


class TimesFive(ScalarFunction):
    """The course's first Function, before it has a `backward`."""

    @staticmethod
    def forward(ctx: Context, x: float) -> float:
        return x * 5


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def example(file: str, name: str) -> Variable:
    """A value that an example has computed."""
    value: Variable = runpy.run_path(str(ROOT / "examples" / file))[name]
    return value


def course() -> Variable:
    return Mul.apply(TimesFive.apply(Scalar(10.0, name="x")), Scalar(5.0, name="y"))


def branching() -> Variable:
    return computed("a = x * y\nb = a + x\nc = b * a\nd = c - b * x\nout = d / (a + c)", x=2.0, y=3.0)


def texts_of_all_kinds() -> Variable:
    x, y, z = Scalar(1.5, name="größe θ 温度の差 𝄞🙂"), Scalar(-1e-07, name='a<&>"b"'), Scalar(2.0, name="x" * 60)
    return computed("温度 = x * y + 1\nout = 温度 * z * z", x=x, y=y, z=z)


DRAWN: dict[str, Callable[[], Variable]] = {
    "course": course,
    "course's example": lambda: example("02_course.py", "out2"),
    "library": lambda: example("01_gradient_of_a_library.py", "price"),
    "wave": lambda: example("06_draw.py", "height"),
    "pendulum": lambda: example("06_draw.py", "swing"),
    "loop": lambda: computed(LOOP, "grow.py", x=1.0, rate=0.5),
    "branching": branching,
    "texts": texts_of_all_kinds,
}

if has_graphviz():

    @pytest.fixture(scope="module", params=DRAWN)
    def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Variable:
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(ROOT / "examples")
            patch.chdir(tmp_path_factory.mktemp("example"))
            return DRAWN[request.param]()

    def test_pictures_fit_on_a_page_and_can_be_read(out: Variable, browser: Browser, tmp_path: Path) -> None:
        seen = shown(browser, drawing.make_graph(out), tmp_path)
        assert seen.faults == ()
        assert seen.width <= 1600

    @pytest.mark.parametrize("collapse", [None, "line", "function"])
    def test_pictures_that_are_asked_for_can_be_read(
        out: Variable, collapse: drawing.Collapse | None, browser: Browser, tmp_path: Path
    ) -> None:
        assert shown(browser, drawing.make_graph(out, collapse=collapse), tmp_path).faults == ()

    OPERATIONS = ("{0} * {1}", "{0} + {1} / 3", "{0} - {1} * {2}", "({0} + {1}) * {2}", "{0} * {0}", "helper({0}, {1})")

    def program(seed: int) -> str:
        """A program of some lines in two functions, whose values depend on each other at random."""
        chance = random.Random(seed)
        names, lines = ["x", "y", "z"], []
        for number in range(chance.randint(2, 9)):
            names.append(f"value_{number}")
            operation = chance.choice(OPERATIONS).format(*chance.choices(names[:-1], k=3))
            lines.append(f"    {names[-1]} = {operation}\n")
        helper = "def helper(a, b):\n    return a * b + a\n\n"
        return f"{helper}def f(x, y, z):\n{''.join(lines)}    return {names[-1]} + x\n\nout = f(x, y, z)"

    @pytest.mark.parametrize("collapse", ["auto", "line", "function", None])
    @pytest.mark.parametrize("seed", range(12))
    def test_pictures_of_any_program_can_be_read(seed: int, collapse: Any, browser: Browser, tmp_path: Path) -> None:
        out = computed(program(seed), f"program_{seed}.py", x=1.5, y=2.5, z=0.5)
        seen = shown(browser, drawing.make_graph(out, collapse=collapse), tmp_path)
        assert seen.faults == ()
        assert collapse != "auto" or seen.width <= 1600
