"""A notebook that is run: completion, places and tracebacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel
from notebook_runs import CELLS, run_notebook
from paths import ROOT


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A notebook that has run in a kernel."""
    return run_notebook(tmp_path_factory.mktemp("notebook"))


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
