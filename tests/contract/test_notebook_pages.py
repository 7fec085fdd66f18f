"""A notebook that is exported and printed: reports in it are never blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import Browser, chromium
from nbconvert import HTMLExporter
from notebook_runs import run_notebook
from selenium.webdriver.support.ui import WebDriverWait


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook as `nbconvert --to html` writes it."""
    notebook = run_notebook(tmp_path_factory.mktemp("notebook"))
    text, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    file = tmp_path_factory.mktemp("exported") / "notebook.html"
    file.write_text(f"<!doctype html><meta charset=utf-8>{text}", encoding="utf-8")
    return file


SEEN = """
    const box = document.querySelector(arguments[0])?.getBoundingClientRect();
    return box !== undefined && box.width > 100 && box.height > 20;
"""


def seen(page: Browser, selector: str) -> bool:
    """Whether what is selected is there and has some size."""
    return bool(page.run(SEEN, selector))


def test_the_page_is_seen_in_an_exported_notebook(page: Browser, exported: Path) -> None:
    page.open(exported)
    assert (seen(page, ".minitorch-page"), seen(page, ".minitorch-plain")) == (True, False)
    page.driver.switch_to.frame(page.driver.find_element("css selector", ".minitorch-page"))
    WebDriverWait(page.driver, 20).until(lambda _: seen(page, "#diagram svg") and seen(page, "table"))
    page.driver.switch_to.default_content()


def drop_frame_and_style(text: str) -> str:
    return re.sub("<iframe.*?</iframe>", "", re.sub("<style>.minitorch.*?</style>", "", text), flags=re.DOTALL)


@pytest.mark.parametrize(
    ("media", "change"),
    [("print", str), ("print", drop_frame_and_style), ("", drop_frame_and_style)],
    ids=["on paper", "distrusted, on paper", "distrusted"],
)
@pytest.mark.parametrize("script", [True, False])
def test_diagram_and_tables_are_seen_without_the_page(
    page: Browser, exported: Path, media: str, change: Callable[[str], str], script: bool
) -> None:
    file = exported.with_name("changed.html")
    file.write_text(change(exported.read_text(encoding="utf-8")), encoding="utf-8")
    page.open(file, script=script, media=media)
    selector = ".minitorch-plain"
    image, *_ = page.driver.find_elements("css selector", f"{selector} img")
    assert image.is_displayed() and image.size["width"] > 100 and image.size["height"] > 20
    tables = page.driver.find_elements("css selector", f"{selector} table")
    assert [each.is_displayed() for each in tables] == [True] * len(tables)
    words = " ".join(each.text for each in tables)
    assert all(word in words for word in ("Inputs", "time", "0.334", "height * math.sin(time)"))
    frames = page.driver.find_elements("css selector", ".minitorch-page")
    assert not any(frame.is_displayed() for frame in frames)
    page.open(exported)
