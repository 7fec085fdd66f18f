"""A notebook that is run, exported and printed: completion, places, tracebacks, and reports that are never blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from browser import Browser, chromium
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from paths import ROOT
from selenium.webdriver.support.ui import WebDriverWait

CELLS = (
    "%load_ext minitorch\nimport math, minitorch",
    "def wave(time, rate):\n    height = math.exp(-rate * time)\n    return height * math.sin(time)",
    "minitorch.report(wave, 2.0, 0.5)",
    "x = minitorch.Scalar(2.0, name='x')\nminitorch.graph(minitorch.trace(wave)(x, 0.5))",
    "math.exp(x)",
    "minitorch.grad(lambda time: math.log(time - 2.0))(2.0)",
    "minitorch.grad(lambda time: round(time) * 2.0)(2.2)",
    "%minitorch on",
    "wave(x, 0.5) * math.cos(x)",
    "print(minitorch.rounding_error(_), _.place)",
    "def wave(time, rate):\n    return time * rate if time > 1 else rate\n"
    "compiled = minitorch.compile(wave)\ncompiled.precompile(2.0, 0.5)\nprint(compiled.traces)",
)


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A notebook that has run in a kernel."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])  # type: ignore[no-untyped-call]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(ROOT))
        folder = str(tmp_path_factory.mktemp("notebook"))
        client = NotebookClient(made, timeout=120, allow_errors=True, resources={"metadata": {"path": folder}})
        client.execute()
    return made


def shown(notebook: Any, number: int) -> str:
    """What a cell has shown, all of it as text without colours."""
    outputs = notebook.cells[number - 1].outputs
    parts = []
    for output in outputs:
        parts += [output.get("text", ""), *output.get("traceback", ())]
        parts += [text for text in output.get("data", {}).values() if isinstance(text, str)]
    return re.sub("\x1b\\[[0-9;]*m", "", "\n".join(parts))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (3, "In[2]:3"),
        (4, "In[2]:3"),
        (5, "In[5]:1: `math.exp(x)` asks for a plain float"),
        (6, "Cell In[6], line 1, in <lambda>(time)"),
        (7, "In[7]:1: RoundingWarning: In[7]:1: the derivative by 'time' is 0 only because `"),
        (9, "Mul at In[9]:1: <code>wave(x, 0.5) * math.cos(x)</code>"),
        (10, "In[9]:1"),
        (11, "In[11]:2"),
    ],
)
def test_places_are_cells(notebook: Any, number: int, words: str) -> None:
    assert words in shown(notebook, number)


@pytest.mark.parametrize("number", range(1, len(CELLS) + 1))
def test_nothing_names_a_temporary_file_or_a_file_of_ours(notebook: Any, number: int) -> None:
    text = shown(notebook, number)
    assert re.search(r"ipykernel_\d|ipython-input", text) is None
    assert str(ROOT) not in text


def test_the_text_of_a_report_is_that_of_a_terminal(notebook: Any) -> None:
    text = notebook.cells[2].outputs[0]["data"]["text/plain"]
    assert "wave(time=2, rate=0.5) = 0.334" in text and "height * math.sin(time)" in text


# -- exported and printed ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def exported(notebook: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook as `nbconvert --to html` writes it."""
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


# -- completion --------------------------------------------------------------------------------------------------------

OFFERED = {"backward", "data", "derivative", "detach", "grad", "history", "name", "place", "requires_grad"}

INPUT = "import minitorch, numpy\nx = minitorch.Scalar(2.0)\ny = x * x\nt = minitorch.Tensor(numpy.ones(3))\nxs = [x]"


@pytest.fixture(scope="module")
def complete() -> Iterator[Callable[[str], list[str]]]:
    """Asks a kernel how text goes on."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(ROOT))
        manager, client = start_new_kernel(kernel_name="python3")  # type: ignore[no-untyped-call]
    client.execute_interactive(INPUT, timeout=60)

    def matches(text: str) -> list[str]:
        asked = client.complete(text, len(text))
        while True:
            answer = client.get_shell_msg(timeout=60)
            if answer["parent_header"].get("msg_id") == asked:
                found: list[str] = answer["content"]["matches"]
                return [each.rpartition(".")[2] for each in found]

    matches.use_jedi = lambda flag: client.execute_interactive(  # type: ignore[attr-defined]
        f"%config Completer.use_jedi = {flag}", timeout=60
    )
    yield matches
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("jedi", [True, False])
@pytest.mark.parametrize(
    ("text", "of"), [("x.", "is_integer"), ("y.", "is_integer"), ("t.", "reshape"), ("xs[0].", "is_integer")]
)
def test_completion(complete: Any, text: str, of: str, jedi: bool) -> None:
    complete.use_jedi(jedi)
    found = complete(text)
    assert OFFERED | {of} <= {*found}
    assert not found[0].startswith("_")
    assert not {*found} & {"first_parent", "creator", "instruction", "numpy", "chain_rule"}


def test_completion_of_what_is_begun(complete: Any) -> None:
    assert complete("x.der") == ["derivative"]
    assert complete("minitorch.value_and") == ["value_and_grad"]
    assert {"abs", "sin"} & {*complete("x.__ab")} == set()
