"""The page: everything stands in one file, numbers as text and as columns, and nothing of user code is markup."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import linecache
import math
import re
import struct
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import report_subjects as subjects

import minitorch
from minitorch.drawing.render import RenderError
from minitorch.reporting import linked_diagram, numerals, page

SCRIPT = "<script>alert(1)</script>"
EVIL = [SCRIPT, '"><img src=x onerror=alert(1)>', f"</script>{SCRIPT}", "'\"&<>", "{{ 7 * 7 }}", "\ud800\0"]


class Outline(HTMLParser):
    """Collects the tags, attributes and text of a page as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.texts.append(data)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)

    @property
    def words(self) -> str:
        return "".join(self.texts)


def data_of(text: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    return json.loads(block)  # type: ignore[no-any-return]


def column(data: dict[str, Any], name: str) -> list[float]:
    kind = "<I" if name == "moments" else "<d"
    return [number for (number,) in struct.iter_unpack(kind, base64.b64decode(data[name]))]


@pytest.fixture(scope="module")
def compound() -> str:
    return minitorch.report(subjects.compound, 100.0, 0.1, 4).html()


def test_the_page_needs_nothing_else(compound: str) -> None:
    outline = Outline(compound)
    assert not {"link", "img", "iframe", "object", "base"} & {tag for tag, _ in outline.tags}
    places = {"src", "href", "xlink:href"}
    addresses = [attrs[key] for _, attrs in outline.tags for key in attrs.keys() & places]
    assert all(address and address.startswith("#") for address in addresses)
    assert "@import" not in compound and "url(" not in compound
    (policy,) = [attrs["content"] for tag, attrs in outline.tags if tag == "meta" and "http-equiv" in attrs]
    script = re.findall(r"<script>(.*?)</script>", compound, re.S)
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert policy is not None and policy.startswith("default-src 'none';") and f"script-src 'sha256-{digest}'" in policy
    assert len(script) == 1 and not any(key.startswith("on") for _, attrs in outline.tags for key in attrs)


def test_the_numbers_stand_in_the_text(compound: str) -> None:
    words = " ".join(Outline(compound).words.split())
    for text in ("compound(start=100, rate=0.1)", "total 146.41", "interest 13.31", "4 of 4", "Branches taken"):
        assert text in words, text


def test_the_columns_have_every_run(compound: str) -> None:
    data = data_of(compound)
    analysis = minitorch.report(subjects.compound, 100.0, 0.1, 4).analysis
    expressions = [x for f in analysis.functions for line in f.lines for x in (*line.expressions, *line.bindings)]
    assert [(x["text"], x["runs"]) for x in data["expressions"]] == [(x.text, x.times) for x in expressions]
    for name in ("moments", "values", "derivatives", "roundings"):
        assert column(data, name) == [value for x in expressions for value in getattr(x, name)], name
    assert data["value"] == analysis.value and data["largest"] == analysis.largest_elasticity


def test_links_lead_from_boxes_to_lines(compound: str) -> None:
    data = data_of(compound)
    ids = {attrs["id"] for _, attrs in Outline(compound).tags if "id" in attrs}
    lines = {(index, line["number"]) for index, function in enumerate(data["functions"]) for line in function["lines"]}
    assert data["links"] and data["links"].keys() <= ids
    for link in data["links"].values():
        assert {tuple(line) for line in link["lines"]} <= lines
    assert {f"source-{index}-{number}" for index, number in lines} <= ids


def test_ids_are_unique_and_labels_lead_to_something(compound: str) -> None:
    tags = Outline(compound).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in tags:
        for key in ("aria-labelledby", "aria-controls", "for"):
            assert attrs.get(key) is None or attrs[key] in ids
        assert not attrs.get("href") or attrs["href"][1:] in ids


@pytest.mark.parametrize("name", EVIL)
def test_names_of_inputs_are_text(name: str) -> None:
    text = minitorch.report(lambda x: x * 2.0, minitorch.Scalar(3.0, name=name)).html()
    assert Outline(text).count("script") == 2 and Outline(text).count("img") == 0
    shown = name.encode("unicode_escape").decode() if "\0" in name else name
    assert shown in Outline(text).words
    text.encode("utf-8")


def defined_in(file: str, source: str, name: str = "f") -> Callable[..., Any]:
    """Define a function whose source is known under the name of a file."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {}
    exec(compile(source, file, "exec"), namespace)
    return namespace[name]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        (f"<{SCRIPT}>", "def f(x):\n    y = x * 2.0\n    return y if y > 1 else abs(y)\n"),
        ("<one>", f"def f(x):\n    words = '{SCRIPT}'\n    return x * len(words) if x > 0 else x\n"),
        ("<two>", f"def f(x):\n    return x * len('''{SCRIPT}''')  # {SCRIPT}\n"),
        ("<three>", f"def f(x):\n    d = {{}}\n    d['{SCRIPT}'] = x * 2.0\n    return d['{SCRIPT}']\n"),
        ("<four>", f"def f(x):\n    return x * 2.0 if x > len('{SCRIPT}') else abs(x - x) + x\n"),
    ],
)
def test_files_and_source_are_text(file: str, source: str) -> None:
    outline = Outline(minitorch.report(defined_in(file, source), 3.0).html())
    assert outline.count("script") == 2 and not any("onerror" in attrs for _, attrs in outline.tags)
    assert SCRIPT in outline.words


def test_names_of_functions_are_text() -> None:
    def f(x: float) -> float:
        return x * 2.0

    f.__qualname__ = SCRIPT
    text = minitorch.report(f, 1.0).html()
    assert Outline(text).count("script") == 2 and f"{SCRIPT}(x=1)" in Outline(text).words


def test_the_frame_of_a_notebook_holds_the_whole_page(compound: str) -> None:
    frame = minitorch.report(subjects.compound, 100.0, 0.1, 4)._repr_html_()
    (attrs,) = [attrs for tag, attrs in Outline(frame).tags if tag == "iframe"]
    assert attrs["sandbox"] == "allow-scripts" and "loading" not in attrs
    assert attrs["title"] == "report of compound(start=100, rate=0.1)"
    assert attrs["srcdoc"] is not None and Outline(attrs["srcdoc"]).count("table") == Outline(compound).count("table")


def test_it_is_saved(tmp_path: Path) -> None:
    made = minitorch.report(lambda größe: größe * 2.0, 1.5)
    made.save(tmp_path / "page.html")
    made.save(str(tmp_path / "again.html"))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "größe" in text and text.startswith("<!doctype html>")
    assert repr(made) == "<report of test_it_is_saved.<locals>.<lambda>(größe=1.5): 1 operation, 1 line, 1 function>"


@pytest.mark.parametrize(
    ("f", "x", "words"),
    [
        (lambda x: 4.0, 1.0, "not computed from the inputs, so there is nothing to draw"),
        (lambda x: x, 1.0, "none"),
        (lambda x: x * math.inf, 1.0, "inf"),
        (lambda x: x * math.inf - x * math.inf, 1.0, "nan"),
        (lambda x: x - x, 1.0, "0.0"),
    ],
)
def test_unusual_results(f: Any, x: float, words: str) -> None:
    made = minitorch.report(f, x)
    assert words in Outline(made.html()).words
    assert "<report of" in repr(made) and made.text()
    json.dumps(data_of(made.html()), allow_nan=False)


def test_without_a_renderer_the_reason_stands_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(drawn: Any) -> str:
        raise RenderError("install <Graphviz>")

    monkeypatch.setattr(page, "svg_of", refuse)
    assert "install <Graphviz>" in Outline(minitorch.report(subjects.area, 2.0).html()).words


@pytest.mark.parametrize(("steps", "box"), [(3, "op-"), (30, "line-")])
def test_long_runs_are_drawn_by_lines(steps: int, box: str) -> None:
    made = minitorch.report(subjects.long_chain, 0.5, steps)
    assert made.analysis.diagram is not None
    assert any(id.startswith(box) for id in made.analysis.diagram.links)


def test_many_lines_are_drawn_by_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linked_diagram, "MAX_LINES", 1)
    made = minitorch.report(subjects.long_chain, 0.5, 30)
    assert made.analysis.diagram is not None
    assert any(id.startswith("function-") for id in made.analysis.diagram.links)


def test_the_source_is_that_of_the_file_line_by_line(compound: str) -> None:
    cells = re.findall(r'<tr role="row" class="line.*?<code style="--indent: \d+ch">(.*?)</code>', compound, re.S)
    texts = [html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in cells]
    source = Path(subjects.__file__).read_text(encoding="utf-8")
    assert "\n".join(texts) in source and texts[0].startswith("def compound") and texts[-1] == "    return total"


def test_methods_are_shown_without_their_indentation() -> None:
    text = minitorch.report(subjects.pressure_of, 2.0, 0.5).html()
    assert '--indent: 0ch"><span class="k">def</span>' in text


def test_strings_of_many_lines_stay_on_theirs() -> None:
    lines = ["def f(x):", '    """One.', "", "    Two <b>.", '    """', "    return x", ""]
    marked = page.highlighted(lines)
    assert [html.unescape(re.sub(r"<[^>]*>", "", line)) for line in marked] == lines


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"), (1 / 3, "0.333333"), (-1e-7, "-1e-7"), (123456.0, "123456"), (1234567.0, "1.23457e6"),
        (1e100, "1e100"), (1e-300, "1e-300"), (0.0001, "0.0001"), (0.00001, "1e-5"), (math.inf, "∞"), (math.nan, "nan"),
        (0.0, "0"), (-0.0, "-0"), (999999.5, "1e6"), (2.5, "2.5"),
    ],
)  # fmt: skip
def test_numerals(value: float, text: str) -> None:
    assert numerals.numeral(value) == text
