"""How the page shows much: inputs by share, a diagram as large as its place, curves of the runs, all of it on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import report_subjects as subjects
from browser import Browser, chromium
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from test_report_browser import INTEREST, lit, one, press, slide, texts

import minitorch

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    made = minitorch.report(subjects.compound, 100.0, 0.1, 4)
    made.save(folder / "compound.html")
    (folder / "notebook.html").write_text(f"<!doctype html>{made._repr_html_()}", encoding="utf-8")
    minitorch.report(weighted, [5.0, 2.0, -3.0, 4.0, 3.0]).save(folder / "inputs.html")
    minitorch.report(lambda x, y: x - y, 1.0, 1.0).save(folder / "unknown.html")
    minitorch.report(wide, [0.1 * k for k in range(12)]).save(folder / "wide.html")
    minitorch.report(halving, 1.0).save(folder / "bound.html")
    minitorch.report(network, numpy.linspace(-1.0, 1.0, 320), numpy.ones((120, 2))).save(folder / "network.html")
    return folder


@pytest.fixture
def page(browser: Browser, pages: Path) -> Iterator[Browser]:
    """The report of a loop, which must not complain of anything."""
    browser.complaints()
    browser.open(pages / "compound.html")
    yield browser
    assert browser.complaints() == []


def weighted(xs: list[float]) -> float:
    """A loop over inputs whose shares are told apart."""
    total = 0.0
    for weight, x in zip([1.0, 2.0, 5.0, 3.0, 0.5], xs, strict=True):
        total += weight * x
    return total


def wide(xs: list[float]) -> float:
    """More operations side by side than a window has room for."""
    return sum(x * x for x in xs)


def halving(x: float) -> float:
    """A name that gets a value with a history in the first turn alone."""
    for k in range(4):
        kept = max(x, 0.5) if k == 0 else 0.5
        x = x * kept
    return x


def network(weights: Any, points: Any) -> Any:
    """A layer of numbers."""
    first, second = weights[:32].reshape(2, 16), weights[32:288].reshape(16, 16)
    hidden = numpy.tanh(numpy.tanh(points @ first) @ second)
    return numpy.mean((hidden @ weights[288:304]) ** 2)


# -- the inputs --------------------------------------------------------------------------------------------------------


def order(page: Browser) -> list[str]:
    return texts(page, "#inputs tbody th")


def sorted_by(page: Browser) -> list[str | None]:
    return [x.get_attribute("aria-sort") for x in page.driver.find_elements(By.CSS_SELECTOR, "#inputs thead th")]


def test_inputs_stand_by_share_and_are_sorted_by_any_column(page: Browser, pages: Path) -> None:
    page.open(pages / "inputs.html")
    by_share = [f"xs[{k}]" for k in (2, 3, 0, 1, 4)]
    assert order(page) == by_share and sorted_by(page) == [None, None, None, None, "descending"]
    buttons = page.driver.find_elements(By.CSS_SELECTOR, "#inputs thead button")
    assert [x.text for x in buttons] == ["input", "value", "derivative", "elasticity", "share"]
    buttons[1].click()
    assert order(page) == [f"xs[{k}]" for k in (0, 3, 4, 1, 2)] and sorted_by(page)[1] == "descending"
    buttons[1].send_keys(Keys.ENTER)
    assert order(page) == [f"xs[{k}]" for k in (2, 1, 4, 3, 0)] and sorted_by(page)[1] == "ascending"
    buttons[0].send_keys(Keys.SPACE)
    assert order(page) == [f"xs[{k}]" for k in range(5)]
    assert sorted_by(page) == ["ascending", None, None, None, None]


def test_an_unknown_number_comes_last(page: Browser, pages: Path) -> None:
    page.open(pages / "unknown.html")
    for direction in ("descending", "ascending"):
        page.driver.find_elements(By.CSS_SELECTOR, "#inputs thead button")[3].click()
        assert sorted_by(page)[3] == direction and texts(page, "#inputs tbody td:nth-child(4)")[-1] == "nan"


# -- the size of the diagram -------------------------------------------------------------------------------------------

SIZES = """
    const [svg, box] = ["#diagram svg", ".picture"].map((x) => document.querySelector(x).getBoundingClientRect());
    return [svg.width <= box.width, svg.height <= box.height, svg.width, innerWidth - box.width, box.height];
"""


@pytest.mark.parametrize("width", [1400, 1000, 360])
def test_a_diagram_is_seen_whole_at_first(page: Browser, pages: Path, width: int) -> None:
    page.open(pages / "wide.html", width=width)
    fits_across, fits_down, size, *_ = page.run(SIZES)
    assert fits_across and fits_down
    one(page, "[data-zoom='1.25']").click()
    assert page.run(SIZES)[2] == pytest.approx(1.25 * size, rel=0.01)
    one(page, "[data-zoom='0']").click()
    assert page.run(SIZES)[2] == pytest.approx(size, rel=0.01)


def is_full(page: Browser) -> bool:
    return bool(page.run("return document.querySelector('#diagram').classList.contains('full')"))


def test_a_diagram_fills_the_screen_on_a_key(page: Browser, pages: Path) -> None:
    page.open(pages / "wide.html")
    button = one(page, "#full")
    assert button.text == "full screen F" and button.get_attribute("aria-pressed") == "false"
    small = page.run(SIZES)[2]
    press(page, "f")
    fits_across, fits_down, size, beside, height = page.run(SIZES)
    assert is_full(page) and fits_across and fits_down and size > 1.5 * small and beside < 40 and height > 600
    assert button.text == "leave full screen Esc" and button.get_attribute("aria-pressed") == "true"
    press(page, Keys.ESCAPE)
    WebDriverWait(page.driver, 20).until(lambda _: not is_full(page))
    # A browser gives the window its size back when it gets to it.
    WebDriverWait(page.driver, 20).until(lambda _: page.run(SIZES)[2] == pytest.approx(small, rel=0.02))
    assert button.text == "full screen F"
    button.click()
    assert is_full(page)
    press(page, "f")
    assert not is_full(page)


def test_escape_in_full_screen_keeps_the_line_that_was_chosen(page: Browser) -> None:
    one(page, f"{INTEREST} button").click()
    press(page, "f", Keys.ESCAPE)
    WebDriverWait(page.driver, 20).until(lambda _: not is_full(page))
    assert INTEREST[1:] in lit(page)


# -- what lines show ---------------------------------------------------------------------------------------------------


def test_lines_have_curves_of_their_values_and_derivatives(page: Browser, pages: Path) -> None:
    page.open(pages / "bound.html")
    labels = [x.get_attribute("aria-label") for x in page.driver.find_elements(By.CSS_SELECTOR, "tr.line .spark")]
    assert "value over 4 runs: first 1, last 0.5, lowest 0.5, highest 1" in labels
    assert "derivative over 4 runs: first 0.125, last 1, lowest 0.125, highest 1" in labels
    mark = "return document.querySelectorAll('tr.line .value .spark line')[0].getAttribute('x1')"
    slide(page, 1)
    assert page.run(mark) == "0"
    slide(page, 4)
    assert page.run(mark) == "60"


def test_what_no_input_is_behind_is_dim(page: Browser, pages: Path) -> None:
    page.open(pages / "bound.html")
    row = f"#source-0-{halving.__code__.co_firstlineno + 3}"
    seen = []
    for run in range(1, 5):
        slide(page, run)
        colour = page.run("return getComputedStyle(document.querySelector(arguments[0])).color", f"{row} .value div")
        seen.append((texts(page, f"{row} .value span"), texts(page, f"{row} .derivative span"), colour))
    body = page.run("return getComputedStyle(document.body).color")
    assert [x[:2] for x in seen] == [(["1"], ["0.25"]), (["0.5"], [""]), (["0.5"], [""]), (["0.5"], [""])]
    assert [x[2] == body for x in seen] == [True, False, False, False]


# -- on paper ----------------------------------------------------------------------------------------------------------


def on_paper(page: Browser, file: Path, dark: bool = False) -> None:
    page.open(file, width=720, height=1000, dark=dark)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": [scheme]})


@pytest.mark.parametrize("dark", [False, True])
def test_a_printed_page_is_dark_on_white_and_whole(page: Browser, pages: Path, dark: bool) -> None:
    on_paper(page, pages / "inputs.html", dark)
    for selector in ("h1 .value", ".note", "tr.line .value span", "#inputs td", ".k"):
        assert page.run("return document.querySelector(arguments[0]).checkVisibility()", selector), selector
        colour = page.run("return getComputedStyle(document.querySelector(arguments[0])).color", selector)
        assert max(map(int, re.findall(r"\d+", colour)[:2])) < 160, (selector, colour)
    text = page.run("return getComputedStyle(document.querySelector('#diagram g.node text')).fill")
    assert max(map(int, re.findall(r"\d+", text)[:3])) < 120, text
    assert not one(page, ".zoom").is_displayed() and not one(page, ".slider").is_displayed()
    hidden = (
        "return [...document.querySelectorAll('.scroll, .picture')].filter(x => x.scrollHeight > x.clientHeight + 1)"
    )
    assert page.run(hidden) == []
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_a_printed_notebook_has_the_text_of_the_report(page: Browser, pages: Path) -> None:
    page.open(pages / "notebook.html")
    assert one(page, "iframe").is_displayed() and not one(page, ".minitorch-plain").is_displayed()
    on_paper(page, pages / "notebook.html")
    assert not one(page, "iframe").is_displayed()
    assert one(page, ".minitorch-plain").text.startswith("compound(start=100, rate=0.1) = 146.41")
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_paper_is_not_blank(page: Browser, pages: Path) -> None:
    page.open(pages / "compound.html")
    empty = len(page.driver.execute_cdp_cmd("Page.printToPDF", {"pageRanges": "1"})["data"])
    page.run("document.body.replaceChildren()")
    assert len(page.driver.execute_cdp_cmd("Page.printToPDF", {"pageRanges": "1"})["data"]) < empty / 3


def test_the_report_of_a_network_opens_promptly(page: Browser, pages: Path) -> None:
    page.open(pages / "network.html")
    assert "elements are not finite" not in one(page, "body").text
    assert page.run("return performance.getEntriesByType('navigation')[0].loadEventEnd") < 2000
