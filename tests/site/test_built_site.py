"""The documentation as it is built: without a warning, with links that lead somewhere, as a browser shows it.

It needs the extra "docs", and is asked for by name: pytest tests/site
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import Browser, chromium
from paths import ROOT

import minitorch

BUILT = ROOT / ".site"
SOURCES = sorted((ROOT / ".github/site").rglob("*.md"))
NAMES = [file.relative_to(ROOT / ".github/site").with_suffix(".html").as_posix() for file in SOURCES]


@pytest.fixture(scope="session", autouse=True)
def site(testrun_uid: str) -> Path:
    """The site of this checkout, built once for all processes of a run; outputs that are right still are kept."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", ".github/site", str(BUILT)]
    BUILT.mkdir(exist_ok=True)
    with (BUILT / ".built_for").open("a+", encoding="utf-8") as run:
        fcntl.flock(run, fcntl.LOCK_EX)
        run.seek(0)
        if run.read() != testrun_uid:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=600, check=False)
            assert done.returncode == 0, done.stderr
            run.truncate(0)
            run.write(testrun_uid)
    return BUILT


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as page:
        yield page


class Links(HTMLParser):
    """What a page refers to, and what can be referred to on it."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = {""}
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.targets.append(value)
            elif name == "id" and value is not None:
                self.anchors.add(value)


def test_links_between_pages_lead_somewhere() -> None:
    pages = {file: Links(file) for file in BUILT.rglob("*.html") if "made" not in file.relative_to(BUILT).parts}
    assert len(pages) > len(NAMES)
    broken = []
    for file, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            other = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            anchors = pages[other].anchors if other in pages else {""}
            if not other.is_file() or (unquote(parts.fragment) not in anchors and other in pages):
                broken.append(f"{file.relative_to(BUILT)}: {target}")
    assert not broken


def test_nothing_is_fetched_from_elsewhere() -> None:
    for file in BUILT.glob("**/*.html"):
        text = file.read_text(encoding="utf-8")
        assert 'src="http' not in text and "@import" not in text, file


@pytest.mark.parametrize("name", minitorch.__all__)
def test_every_public_name_can_be_linked_to(name: str) -> None:
    anchor = f'id="{"module-" if name == "operators" else ""}minitorch.{name}"'
    found = [file.name for file in (BUILT / "api").glob("*.html") if anchor in file.read_text(encoding="utf-8")]
    assert len(found) == 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("name", NAMES)
def test_pages_fit_the_window(name: str, width: int, dark: bool, browser: Browser) -> None:
    browser.complaints()
    browser.addresses()
    browser.open(BUILT / name, width=width, dark=dark)
    # What is loaded as it comes into view.
    browser.run("document.querySelectorAll('[loading]').forEach((each) => { each.loading = 'eager'; })")
    browser.driver.set_script_timeout(20)
    shown = browser.driver.execute_async_script(
        """const done = arguments[0];
        const shown = Array.from(document.images, (image) => image.decode().then(() => 1, () => image.src));
        Promise.all(shown).then(done);"""
    )
    assert [each for each in shown if each != 1] == []
    assert browser.run("return document.documentElement.scrollWidth") <= width
    outside = """return Array.from(document.querySelectorAll('article :is(p, li, h1, h2, dt)'))
        .filter((each) => !each.closest('.made, table, details:not([open])')
            && each.getBoundingClientRect().right > window.innerWidth + 1).map((each) => each.textContent)"""
    assert browser.run(outside) == []
    luminance = browser.run(
        """const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number);
        return (r + g + b) / 3"""
    )
    assert luminance < 60 if dark else luminance > 200
    assert all(address.startswith(("file:", "data:", "blob:")) for address in browser.addresses())
    assert browser.complaints() == []


@pytest.mark.parametrize(("name", "pictures"), [("index.html", 1), ("tutorial/pictures.html", 5), ("gallery.html", 11)])
@pytest.mark.parametrize("width", [360, 1200])
def test_pictures_are_shown_as_large_as_can_be_read(name: str, pictures: int, width: int, browser: Browser) -> None:
    browser.open(BUILT / name, width=width)
    browser.run("document.querySelectorAll('[loading]').forEach((each) => { each.loading = 'eager'; })")
    sizes = browser.run(
        """return Array.from(document.querySelectorAll('.made img'),
            (image) => [image.naturalWidth, image.getBoundingClientRect().width, image.src])"""
    )
    assert len(sizes) >= pictures
    for natural, width_shown, source in sizes:
        assert width_shown >= (0.55 * natural if source.endswith(".svg") else 200), source


@pytest.mark.parametrize(("system", "chosen"), [(False, "dark"), (True, "light"), (False, "auto"), (True, "auto")])
def test_plots_and_drawings_suit_dark_pages(system: bool, chosen: str, browser: Browser) -> None:
    browser.open(BUILT / "gallery.html", dark=system)
    browser.run("document.body.dataset.theme = arguments[0]", chosen)
    dark = system if chosen == "auto" else chosen == "dark"
    filters = browser.run(
        "return Array.from(document.querySelectorAll('.plot'), (plot) => getComputedStyle(plot).filter)"
    )
    assert len(filters) > 6
    assert all(("invert" in each) is dark for each in filters)
    # Drawings of ours follow the page by themselves: what is drawn in the colours of the other one would be a plot.
    drawings = browser.run("return Array.from(document.querySelectorAll('.made img:not(.plot)'), (each) => each.src)")
    assert drawings and all("prefers-color-scheme" in file_of(each).read_text(encoding="utf-8") for each in drawings)


def file_of(address: str) -> Path:
    """Return the file of an address."""
    return Path(unquote(urlsplit(address).path))


def test_reports_in_frames_fit(browser: Browser) -> None:
    for width in (360, 1200):
        browser.open(BUILT / "tutorial/pictures.html", width=width)
        overflow = """const place = document.querySelector('iframe').parentElement;
            return place.scrollWidth - place.clientWidth"""
        assert browser.run(overflow) == 0


def test_a_search_finds_what_was_asked_for(browser: Browser) -> None:
    browser.complaints()
    browser.open(BUILT / "index.html")
    assert browser.run("return document.querySelector('.sidebar-search').offsetWidth") > 0
    address = (BUILT / "search.html").as_uri()
    browser.driver.get(f"{address}?q=jacobian")
    found: list[str] = []
    for _ in range(100):
        found = browser.run("return Array.from(document.querySelectorAll('#search-results li > a'), (a) => a.href)")
        if found:
            break
        browser.driver.execute_async_script("setTimeout(arguments[0], 100)")
    assert any("api/derivatives.html" in address for address in found)
    assert browser.complaints() == []


def test_the_menu_opens_on_a_telephone(browser: Browser) -> None:
    browser.open(BUILT / "index.html", width=360, height=700)
    left = "return document.querySelector('.sidebar-drawer').getBoundingClientRect().left"
    assert browser.run(left) < 0
    browser.run("document.querySelector('.nav-overlay-icon, label[for=__navigation]').click()")
    browser.driver.execute_async_script("setTimeout(arguments[0], 600)")
    assert browser.run(left) >= 0


def test_sources_of_examples_unfold(browser: Browser) -> None:
    browser.open(BUILT / "gallery.html")
    closed, opened = browser.run(
        """const details = document.querySelector('article details'), code = details.querySelector('pre');
        const closed = code.checkVisibility();
        details.open = true;
        return [closed, code.checkVisibility()]"""
    )
    assert (closed, opened) == (False, True)
