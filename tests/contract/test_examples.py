"""Every example runs as a user would run it, in an empty directory, and prints what is true."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist

import pytest
from paths import ROOT

import minitorch

EXAMPLES = ROOT / "examples"
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.])")


@pytest.fixture
def output(tmp_path: Path) -> Callable[..., str]:
    """Runs an example on the package that is tested here, and gives what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(Path(minitorch.__file__).parents[1])}

    def run(name: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / name), *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    return run


def _after(text: str, words: str) -> float:
    """The first number after these words."""
    found = NUMBER.search(text, text.index(words) + len(words))
    assert found is not None, words
    return float(found.group())


def test_every_example_is_tested() -> None:
    tested = set(re.findall(r'output\("(\d\d_\w+\.py)"[,)]', Path(__file__).read_text(encoding="utf-8")))
    assert tested == {path.name for path in EXAMPLES.glob("[0-9]*.py")}


def test_every_example_fits_a_screen() -> None:
    for path in EXAMPLES.glob("[0-9]*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 50, path.name


def test_plain_modules_know_nothing_of_us() -> None:
    for path in (EXAMPLES / "plain").glob("*.py"):
        assert "minitorch" not in path.read_text(encoding="utf-8"), path.name


def test_gradient_of_a_library(output: Callable[[str], str], tmp_path: Path) -> None:
    text = output("01_gradient_of_a_library.py")
    spot, strike, years, rate, volatility = 100.0, 105.0, 0.5, 0.03, 0.2
    spread = volatility * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * years) / spread
    density = math.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi)
    assert _after(text, "d price / d spot") == pytest.approx(0.5 * math.erfc(-d1 / math.sqrt(2)), abs=1e-6)
    assert _after(text, "d price / d volatility") == pytest.approx(spot * density * math.sqrt(years), abs=1e-6)
    diagram = (tmp_path / "gradient.svg").read_text(encoding="utf-8")
    assert "<svg" in diagram
    assert all(name in diagram for name in ("spot", "strike", "years", "rate", "volatility", "price"))


def test_course(output: Callable[[str], str], tmp_path: Path) -> None:
    assert output("02_course.py").splitlines() == [
        "out = 250.0, d out / d x = 25.0",
        "out2 = 250.0, d out2 / d y = 50.0",
        "x * y is recorded as Mul",
    ]
    assert "TimesFive" in (tmp_path / "course.svg").read_text(encoding="utf-8")


def test_decorator(output: Callable[[str], str]) -> None:
    text = output("03_decorator.py")
    assert _after(text, "area(0.8)") == pytest.approx(math.sqrt(math.pi) / 2 * math.erf(0.8), abs=1e-8)
    assert _after(text, "slope") == pytest.approx(math.exp(-0.64), abs=1e-8)
    assert text.endswith("is a float\n")


def test_import_hook(output: Callable[[str], str]) -> None:
    text = output("04_import_hook.py")
    assert _after(text, "d energy / d speed =") == pytest.approx(1.5**2 * 2.0)
    assert _after(text, "orbit radius =") == pytest.approx(1.882267173, abs=1e-6)
    assert _after(text, "d radius / d speed =") == pytest.approx(4.375520363, abs=1e-6)
    assert _after(text, "d angle / d length =") == pytest.approx(-0.314314715, abs=1e-6)


def test_newton(output: Callable[[str], str]) -> None:
    assert float(output("05_newton.py").split()[-1]) == pytest.approx(0.407015544254, abs=1e-10)


def test_draw(output: Callable[[str], str], tmp_path: Path) -> None:
    text = output("06_draw.py")
    assert _after(text, "height =") == pytest.approx(math.exp(-0.15) * math.sin(2 * math.pi * 1.2 * 0.3), abs=1e-6)
    diagram = (tmp_path / "damped_wave.svg").read_text(encoding="utf-8")
    assert all(name in diagram for name in ("Sin", "Exp", "Mul", "frequency", "height"))


def test_optimise(output: Callable[[str], str]) -> None:
    costs = [float(cost) for cost in re.findall(r"cost = +([\d.]+)", output("07_optimise.py"))]
    assert len(costs) == 5
    assert costs == sorted(costs, reverse=True)
    assert costs[0] == pytest.approx(740.4144, abs=1e-3)
    assert costs[-1] == pytest.approx(610.7915, abs=1e-3)


def test_own_function(output: Callable[[str], str]) -> None:
    text = output("08_own_function.py")
    smooth = math.log(1 + math.exp(0.2))
    assert _after(text, "loss =") == pytest.approx(smooth**2, abs=1e-7)
    assert _after(text, "derivative =") == pytest.approx(2 * smooth * 3 / (1 + math.exp(-0.2)), abs=1e-7)
    assert "agrees" in text


def test_fit_with_scipy(output: Callable[[str], str], tmp_path: Path) -> None:
    text = output("09_fit_with_scipy.py")
    exact, differences = (re.findall(NUMBER, line) for line in text.splitlines()[1:3])
    assert float(exact[0]) * 5 < float(differences[0])
    assert float(exact[2]) == pytest.approx(0.000522, abs=1e-6)
    assert float(exact[3]) < 1e-7
    assert _after(text, "excretion") == pytest.approx(0.2047, rel=1e-2)
    assert (tmp_path / "fit.svg").stat().st_size > 1000


def test_newton_with_hessians(output: Callable[[str], str], tmp_path: Path) -> None:
    last = re.findall(NUMBER, output("10_newton_with_hessians.py").splitlines()[-1])
    assert float(last[0]) < 12
    assert float(last[1]) == pytest.approx(-9.580754408, abs=1e-8)
    assert float(last[2]) < 1e-10
    assert float(last[3]) == pytest.approx(2.4937, abs=1e-3)
    assert (tmp_path / "chain.svg").stat().st_size > 1000


def test_uncertainty(output: Callable[[str], str], tmp_path: Path) -> None:
    text = output("11_uncertainty.py")
    value, deviation = (float(number) for number in re.findall(NUMBER, text.splitlines()[4]))
    assert (value, deviation) == pytest.approx((0.50681, 0.01599), abs=1e-5)
    assert math.hypot(0.01017, 0.01233, 0.00044) == pytest.approx(deviation, abs=1e-5)
    assert _after(text, "draws") == pytest.approx(value, abs=2e-3)
    assert (tmp_path / "humidity.svg").stat().st_size > 1000


def test_report(output: Callable[[str], str], tmp_path: Path) -> None:
    text = output("13_report.py")
    assert _after(text, "Pressure=101325) =") == pytest.approx(0.50680695, abs=1e-7)
    assert "nearest other branch is at psychrolib.py:" in text and "18 > 25 is False" in text
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "GetVapPresFromHumRatio" in page and "<svg" in page


def test_rule_of_ones_own(output: Callable[[str], str]) -> None:
    for line in output("12_rule_of_ones_own.py").splitlines()[1:]:
        _, _, traced, ruled, difference, second = (float(number) for number in re.findall(NUMBER, line))
        assert traced == 0.0
        assert ruled == pytest.approx(difference, rel=1e-5)
        assert second > 0


def test_rounding(output: Callable[[str], str]) -> None:
    textbook, careful = output("14_rounding.py").split("careful: ")
    assert _after(textbook, "true error") == pytest.approx(_after(textbook, "from the roundings:"), rel=1e-2)
    assert "100.0%  " in textbook and "root = math.sqrt(b * b - 4 * a * c)" in textbook
    assert "cancellation at " in textbook and "cancellation at " not in careful
    assert abs(_after(careful, "true error")) < 1e-23


def test_compile(output: Callable[[str], str]) -> None:
    text = output("15_compile.py")
    spot, strike, years, rate, volatility = 100.0, 95.0, 0.5, 0.03, 0.2
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * years) / (volatility * math.sqrt(years))
    assert _after(text, "derivatives by all five arguments [") == pytest.approx(0.5 * math.erfc(-d1 / 2**0.5), abs=1e-4)
    assert "the same digits as plain Python: True" in text
    assert _after(text, "value and five derivatives in") > 0.0
    assert "def price(spot, strike, years, rate, volatility):" in text


def test_cluster(output: Callable[..., str]) -> None:
    text = output("16_cluster.py", "5000")
    assert "5000 options priced with five derivatives each, in 2 processes" in text
    assert 15.0 < _after(text, "mean price") < 25.0
    assert "the last one as one call here has it: True" in text


def test_arrays(output: Callable[[str], str]) -> None:
    text = output("17_arrays.py")
    assert _after(text, "before,") < 1e-4 < _after(text, "misfit")
    hot = [len(line.split()[1]) if "#" in line else 0 for line in text.splitlines()[1:21]]
    assert min(hot[8:12]) > 30 and max(hot[:5] + hot[15:]) < 10
    one_cell = [0.0] * 60
    one_cell[30] = 1.0
    for _ in range(80):
        inner = zip(one_cell, one_cell[1:], one_cell[2:], strict=False)
        one_cell[1:-1] = [middle + 0.2 * (left - 2.0 * middle + right) for left, middle, right in inner]
    assert _after(text, "in the middle warms") == sum(change > 1e-3 for change in one_cell)
    assert 0.0 < _after(text, "slope of the squares") < 1e-3


def test_implied_volatility(output: Callable[[str], str], tmp_path: Path) -> None:
    text = output("18_implied_volatility.py")
    strike, quote, volatility, by_quote, by_strike, by_spot = map(float, re.findall(NUMBER, text.splitlines()[3]))

    def price(volatility: float) -> float:
        deviation = volatility * math.sqrt(0.75)
        d1 = (math.log(100.0 / strike) + (0.03 + 0.5 * volatility**2) * 0.75) / deviation
        cdf = NormalDist().cdf
        return 100.0 * cdf(d1) - strike * math.exp(-0.03 * 0.75) * cdf(d1 - deviation)

    assert price(volatility) == pytest.approx(quote, abs=1e-3)
    assert by_quote == pytest.approx(2e-4 / (price(volatility + 1e-4) - price(volatility - 1e-4)), rel=1e-4)
    # A price in other units has the same volatility (Euler's theorem).
    assert quote * by_quote + strike * by_strike + 100.0 * by_spot == pytest.approx(0.0, abs=2e-4)
    assert (tmp_path / "smile.svg").stat().st_size > 1000


def test_predators(output: Callable[[str], str], tmp_path: Path) -> None:
    text = output("19_predators.py")
    assert _after(text, "after") < 30 and _after(text, "before,") < 2.02 < _after(text, "misfit")
    # Per year, the birth of the one and the death of the other set how often they come round.
    assert 2.0 * math.pi / math.sqrt(_after(text, "birth") * _after(text, "death")) == pytest.approx(9.6, abs=0.5)
    assert (tmp_path / "predators.svg").stat().st_size > 1000


def test_gaussian_process(output: Callable[[str], str], tmp_path: Path) -> None:
    text = output("20_gaussian_process.py")
    assert _after(text, "before,") == pytest.approx(7.432, abs=1e-3)
    assert _after(text, "noise") == pytest.approx(0.15, abs=0.01)
    assert (tmp_path / "process.svg").stat().st_size > 1000


def test_optimisers(output: Callable[[str], str]) -> None:
    runs = [
        [float(number) for number in re.findall(NUMBER, line)[-4:]]
        for line in output("22_optimisers.py").splitlines()[1:]
    ]
    assert len(runs) == 4
    for calls, cost, area, hot_flow in runs:
        assert (cost, area, hot_flow) == pytest.approx((610.7915, 4.0005, 0.7347), abs=2e-3)
        assert 10 < calls <= 1000
    assert runs[0][0] < runs[1][0] < runs[2][0] < runs[3][0]


def test_network(output: Callable[[str], str], tmp_path: Path) -> None:
    text = output("21_network.py")
    assert _after(text, "before,") < 0.05 and _after(text, "steps;") == 100
    assert (tmp_path / "spirals.svg").stat().st_size > 1000
