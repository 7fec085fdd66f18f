"""The page in a browser: lines and boxes light each other up, sliders go through runs, keys do what the mouse does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import report_subjects as subjects
from browser import Browser, chromium
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

import minitorch

pytestmark = pytest.mark.xdist_group("browser")

HEADER = subjects.compound.__code__.co_firstlineno
TOTAL = f"#source-0-{HEADER + 5}"
INTEREST = f"#source-0-{HEADER + 4}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    minitorch.report(subjects.compound, 100.0, 0.1, 4).save(folder / "compound.html")
    minitorch.report(subjects.chosen, 2.003, 2.0).save(folder / "chosen.html")
    minitorch.report(subjects.explained, 2.0).save(folder / "explained.html")
    frame = minitorch.report(subjects.compound, 100.0, 0.1, 4)._repr_html_()
    (folder / "notebook.html").write_text(f"<!doctype html><style>td {{ color: red }}</style>{frame}", encoding="utf-8")
    long_report().save(folder / "long.html")
    return folder


def long_report() -> minitorch.Report:
    """The report of a run with a hundred thousand operations: a shorter one over and over again."""
    made = minitorch.report(subjects.long_chain, 0.5, 20)
    for line in made.analysis.functions[0].lines:
        for x in line.expressions:
            if x.operation != "input":
                x.moments = [moment + 1000 * k for k in range(1000) for moment in x.moments]
                x.values, x.derivatives, x.roundings = x.values * 1000, x.derivatives * 1000, x.roundings * 1000
    return made


@pytest.fixture
def page(browser: Browser, pages: Path) -> Iterator[Browser]:
    """The report of a loop, which must not complain of anything or ask for anything else."""
    browser.addresses()
    browser.complaints()
    browser.open(pages / "compound.html")
    yield browser
    assert browser.complaints() == []
    own = {path.as_uri() for path in pages.iterdir()}
    asked = {address.partition("#")[0] for address in browser.addresses() if not address.startswith("data:")}
    assert asked <= own


def one(page: Browser, selector: str) -> WebElement:
    return page.driver.find_element(By.CSS_SELECTOR, selector)


def lit(page: Browser) -> set[str]:
    return set(page.run("return [...document.querySelectorAll('.lit')].map(x => x.id)"))


def texts(page: Browser, selector: str) -> list[str]:
    return [x.text for x in page.driver.find_elements(By.CSS_SELECTOR, selector)]


def slide(page: Browser, run: int) -> None:
    slider = one(page, "#slider-0")
    page.run("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", slider, run)


def boxes_of(page: Browser, line: int) -> set[str]:
    links = page.run("return JSON.parse(document.getElementById('data').textContent).links")
    return {id for id, link in links.items() if [0, line] in link["lines"]}


def test_the_script_shows_the_numbers_that_were_there(page: Browser, pages: Path) -> None:
    cells = "tr.line.active td.number"
    at_first = texts(page, cells)
    slide(page, 2)
    assert texts(page, cells) != at_first
    slide(page, 4)
    assert texts(page, cells) == at_first


def test_a_slider_goes_through_the_runs(page: Browser) -> None:
    seen = []
    for run in range(1, 5):
        slide(page, run)
        seen.append([*texts(page, f"{TOTAL} .value span"), *texts(page, f"{TOTAL} .derivative div")])
        assert one(page, "output").text == f"{run} of 4"
        assert one(page, "#slider-0").get_attribute("aria-valuetext") == f"run {run} of 4"
    assert seen == [["110", "1.331"], ["121", "1.21"], ["133.1", "1.1"], ["146.41", "1"]]


def test_hovering_a_line_lights_its_boxes(page: Browser) -> None:
    ActionChains(page.driver).move_to_element(one(page, f"{TOTAL} .code")).perform()
    boxes = boxes_of(page, HEADER + 5)
    assert len(boxes) == 8 and lit(page) == {TOTAL[1:], *boxes}
    assert len(page.driver.find_elements(By.CSS_SELECTOR, "g.now")) == 2
    ActionChains(page.driver).move_to_element(one(page, "h1")).perform()
    assert lit(page) == set()


def test_hovering_a_box_lights_its_line(page: Browser) -> None:
    box = one(page, "#diagram g.operation.linked")
    ActionChains(page.driver).move_to_element(box).perform()
    assert lit(page) == {box.get_attribute("id"), INTEREST[1:]}


def test_clicking_a_box_shows_its_run(page: Browser) -> None:
    links = page.run("return JSON.parse(document.getElementById('data').textContent).links")
    operations = boxes_of(page, HEADER + 5) & {id for id in links if id.startswith("op-")}
    second = sorted(operations, key=lambda id: links[id]["moment"])[1]
    page.run("document.getElementById(arguments[0]).dispatchEvent(new MouseEvent('click'))", second)
    assert one(page, "output").text == "2 of 4" and texts(page, f"{TOTAL} .value span") == ["121"]
    assert lit(page) == {second, TOTAL[1:]}
    ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
    assert lit(page) == set()


def test_clicking_a_line_shows_its_operations_and_keeps_it_lit(page: Browser) -> None:
    button = one(page, f"{INTEREST} button")
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    assert texts(page, ".detail tbody td")[1:5] == ["Mul", "13.31", "1", "0.0909"]
    ActionChains(page.driver).move_to_element(one(page, "h1")).perform()
    assert INTEREST[1:] in lit(page)
    slide(page, 1)
    assert texts(page, ".detail tbody td")[2] == "10"
    curve = one(page, ".detail .spark").get_attribute("aria-label")
    assert curve == "value over 4 runs: first 10, last 13.31, lowest 10, highest 13.31"
    button.click()
    assert button.get_attribute("aria-expanded") == "false" and texts(page, ".detail") == []


def focused(page: Browser) -> str:
    return str(page.run("return document.activeElement.getAttribute('aria-label') ?? document.activeElement.id"))


def press(page: Browser, *keys: str) -> None:
    ActionChains(page.driver).send_keys(*keys).perform()


def test_keys_do_what_the_mouse_does(page: Browser) -> None:
    press(page, Keys.TAB)
    assert page.run("return document.activeElement.className") == "skip"
    page.run("document.querySelector('#slider-0').focus()")
    press(page, Keys.ARROW_LEFT)
    assert one(page, "output").text == "3 of 4"
    press(page, Keys.TAB)
    assert focused(page) == f"line {HEADER}, operations"
    press(page, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert focused(page) == f"line {HEADER + 4}, operations" and INTEREST[1:] in lit(page)
    press(page, Keys.ARROW_LEFT)
    assert one(page, "output").text == "2 of 4"
    press(page, Keys.ENTER)
    assert texts(page, ".detail tbody td")[2] == "11"
    press(page, Keys.END, Keys.HOME)
    assert focused(page) == f"line {HEADER}, operations"


def test_keys_go_through_the_boxes(page: Browser) -> None:
    tabbable = "return [...document.querySelectorAll('#diagram g[tabindex=\"0\"]')].length"
    assert page.run(tabbable) == 1
    page.run("document.querySelector('#diagram g[tabindex=\"0\"]').focus()")
    first = focused(page)
    press(page, Keys.ARROW_RIGHT)
    assert focused(page) != first and page.run(tabbable) == 1
    press(page, Keys.END, Keys.ENTER)
    ids = lit(page)
    assert any(id.startswith("source-") for id in ids) and len(ids) == 2


def test_a_link_to_a_line_lights_it(page: Browser, pages: Path) -> None:
    page.open(pages / "chosen.html")
    one(page, "#branches a.where").click()
    line = f"source-0-{subjects.chosen.__code__.co_firstlineno + 2}"
    # The page hears of its new address when the browser gets to it.
    WebDriverWait(page.driver, 20).until(lambda _: line in lit(page))


def test_long_stretches_without_operations_are_folded(page: Browser, pages: Path) -> None:
    page.open(pages / "explained.html")
    assert "Three." not in one(page, "table.source").text
    fold = one(page, ".fold button")
    assert fold.text == "⋯ 7 lines"
    fold.send_keys(Keys.ENTER)
    assert "Three." in one(page, "table.source").text


def colours(page: Browser, selector: str) -> tuple[float, float]:
    """The brightness of text and of what is behind it."""
    script = """
        const linear = (x) => x <= 10 ? x / 255 / 12.92 : ((x / 255 + .055) / 1.055) ** 2.4;
        const luminance = (text) => {
          const [r, g, b] = text.match(/[\\d.]+/g).map(linear);
          return .2126 * r + .7152 * g + .0722 * b;
        };
        const element = document.querySelector(arguments[0]);
        let behind = element;
        while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
        return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(luminance);
    """
    text, behind = page.run(script, selector)
    return text, behind


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read_in_light_and_dark(page: Browser, pages: Path, dark: bool) -> None:
    page.open(pages / "compound.html", dark=dark)
    assert (colours(page, "body")[1] < 0.1) == dark
    for selector in ("h1 .value", ".note", "td.value var", ".line-number button", ".k", ".sd", ".mi", ".nf", "th"):
        text, behind = colours(page, selector)
        low, high = sorted((text, behind))
        assert (high + 0.05) / (low + 0.05) >= 4.5, selector


def test_a_narrow_window_needs_no_scrolling_sideways(page: Browser, pages: Path) -> None:
    page.open(pages / "compound.html", width=360, height=800)
    assert page.run("return document.documentElement.scrollWidth") <= 360
    label = "return getComputedStyle(document.querySelector('tr.active td.value'), '::before').content"
    assert page.run(label) == '"value"'
    slide(page, 1)
    assert texts(page, f"{TOTAL} .value span") == ["110"]


def test_without_script_the_tables_are_there(page: Browser, pages: Path) -> None:
    page.open(pages / "compound.html", script=False)
    hidden: Any = [x for x in page.driver.find_elements(By.CSS_SELECTOR, ".scripted") if x.is_displayed()]
    assert hidden == [] and texts(page, f"{TOTAL} .value span") == ["146.41"]
    assert "Without JavaScript" in one(page, "#source").text
    page.open(pages / "compound.html")


def test_the_frame_of_a_notebook_works_by_itself(page: Browser, pages: Path) -> None:
    page.open(pages / "notebook.html")
    page.driver.switch_to.frame(one(page, "iframe"))
    assert page.run("return getComputedStyle(document.querySelector('td')).color") != "rgb(255, 0, 0)"
    slide(page, 2)
    assert texts(page, f"{TOTAL} .value span") == ["121"]
    page.driver.switch_to.default_content()


def test_a_hundred_thousand_operations_open_promptly(page: Browser, pages: Path) -> None:
    page.open(pages / "long.html")
    last, total = texts(page, "output")[0].split(" of ")
    assert last == total == "20,000"
    slide(page, 10_000)
    assert texts(page, "output") == ["10,000 of 20,000"]
    assert page.run("return performance.getEntriesByType('navigation')[0].loadEventEnd") < 2000


def test_everything_that_can_be_operated_has_a_name(page: Browser) -> None:
    tree = page.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = [(node.get("role", {}).get("value"), node) for node in tree if not node["ignored"]]
    operable = [node for role, node in roles if role in ("button", "slider", "link")]
    assert len(operable) > 10
    assert all(node["name"]["value"].strip() for node in operable)
    assert {"table", "row", "rowheader", "cell"} <= {role for role, _ in roles}
