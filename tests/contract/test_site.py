"""The pages of the documentation, as they are before the site is built: programs run, public names are on them."""

from __future__ import annotations

import doctest
import inspect
import re
import sys
from pathlib import Path

import numpy
import pytest
from paths import ROOT

import minitorch
from minitorch.rules import real
from minitorch.rules.real import RULES

SITE = ROOT / ".github/site"
sys.path.append(str(SITE))

import filling  # noqa: E402
import reference  # noqa: E402
import running  # noqa: E402

PAGES = {file.relative_to(SITE).with_suffix("").as_posix(): file for file in sorted(SITE.rglob("*.md"))}
TEXTS = {name: file.read_text(encoding="utf-8") for name, file in PAGES.items()}
PROGRAMS = [program for name, text in TEXTS.items() for program in running.programs_in(text, name)]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_programs_of_pages_run(program: running.Program, tmp_path: Path) -> None:
    output = running.run(program, tmp_path / program.name)
    assert output.printed or output.said, "a program on a page prints what it is there to show"
    assert str(tmp_path) not in output.printed + output.said


@pytest.mark.parametrize("page", [name for name, text in TEXTS.items() if running.SESSION.search(text)])
def test_sessions_of_pages_answer_as_written(page: str) -> None:
    text = "\n".join(match["text"] for match in running.SESSION.finditer(TEXTS[page]))
    session = doctest.DocTestParser().get_doctest(text, {}, page, str(PAGES[page]), 0)
    told: list[str] = []
    # Another test may have left other options of printing.
    with numpy.printoptions(precision=8):
        result = doctest.DocTestRunner().run(session, out=told.append)
    assert result.attempted and not result.failed, "".join(told)


@pytest.mark.parametrize("module", [filling, reference, running])
def test_what_fills_pages_does_what_it_says(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted and not result.failed


def test_every_public_name_is_on_one_page_of_the_reference() -> None:
    listed = [
        name
        for page, text in TEXTS.items()
        if page.startswith("api/")
        for found in filling.MACRO.finditer(text)
        if found["name"] == "api"
        for name in found["argument"].split()
    ]
    listed += reference.functions_of_rows()
    assert sorted(listed) == sorted(minitorch.__all__)


@pytest.mark.parametrize("name", [name for name in minitorch.__all__ if hasattr(getattr(minitorch, name), "__code__")])
def test_what_is_returned_is_not_read_as_a_type(name: str) -> None:
    _, _, returned = (inspect.getdoc(getattr(minitorch, name)) or "").partition("\nReturns:\n")
    # What stands before a colon in the first line would be the type.
    assert not re.search(r"^[^`\n]*: ", returned.split("\n\n")[0]), returned


@pytest.mark.parametrize(("name", "member"), [(n, m) for n, every in reference.MEMBERS.items() for m in every.split()])
def test_members_in_the_reference_exist_and_say_what_they_are(name: str, member: str) -> None:
    assert inspect.getdoc(inspect.getattr_static(getattr(minitorch, name), member))


def test_every_error_and_warning_is_shown_by_a_program() -> None:
    public = [getattr(minitorch, name) for name in minitorch.__all__]
    kinds = {kind.__name__ for kind in public if isinstance(kind, type) and issubclass(kind, Exception)}
    text = TEXTS["errors"]
    assert kinds <= {program.shows for program in running.programs_in(text, "errors")}
    for kind in kinds:
        assert f"## {kind}\n\n{{{{ meaning: {kind} }}}}\n" in text


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md", *filling.PAGES])
def test_pages_for_documents_exist(document: str) -> None:
    assert (ROOT / document).exists()
    assert (SITE / filling.PAGES[document].removeprefix("/")).is_file()


def test_examples_on_pages_exist_and_the_tutorial_has_most() -> None:
    named = {
        found["argument"]
        for text in TEXTS.values()
        for found in filling.MACRO.finditer(text)
        if found["name"] == "example"
    }
    assert named <= set(filling.examples())
    assert len(named) > 12


@pytest.mark.parametrize(
    ("name", "formulas"),
    [
        ("Mul", ["y", "x"]),
        ("Exp", ["result"]),
        ("Sin", ["math.cos(x)"]),
        ("TrueDiv", ["1.0 / y", "-result / y"]),
        ("Neg", ["-1.0"]),
        ("FloorDiv", ["0.0", "0.0"]),
    ],
)
def test_partial_derivatives_are_shown_as_the_table_has_them(name: str, formulas: list[str]) -> None:
    assert reference.partials()[name] == formulas
    assert "<br>".join(f"`{formula}`" for formula in dict.fromkeys(formulas)) in reference.rules_table()


def test_every_row_of_the_table_is_shown_with_its_partial_derivatives() -> None:
    written = reference.partials()
    assert {name: len(rule.partials) for name, rule in RULES.items() if rule.partials} == {
        name: len(formulas) for name, formulas in written.items() if name in RULES and formulas
    }


def test_shown_formulas_are_right() -> None:
    x = 0.3
    for name in ("Exp", "Sin", "Tan", "Atan", "Tanh", "Sqrt"):
        plain, (formula,) = RULES[name].function, reference.partials()[name]
        slope = eval(formula, {**vars(real), "x": x, "result": plain(x)})
        assert slope == pytest.approx(minitorch.grad(plain)(x), rel=1e-15)


def test_a_section_ends_at_the_next_heading_and_not_at_a_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("# A\n\nfirst\n\n```sh\n# not a heading\n```\n\n## B\n\nsecond\n", encoding="utf-8")
    monkeypatch.setattr(filling, "ROOT", tmp_path)
    assert filling.section("a.md", "A") == "first\n\n```sh\n# not a heading\n```\n"
    assert filling.section("a.md", "B") == "second\n"
    with pytest.raises(LookupError, match=r"a\.md has no heading “not a heading”"):
        filling.section("a.md", "not a heading")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[this](examples/07_optimise.py)", "[this](#07_optimise)"),
        ("[log](CHANGELOG.md)", "[log](/changelog.md)"),
        ("[a file](minitorch/names.py)", "a file"),
        ("[far](https://example.org/a)", "[far](https://example.org/a)"),
        ("```py\n[kept](CHANGELOG.md)\n```", "```py\n[kept](CHANGELOG.md)\n```"),
    ],
)
def test_links_of_documents_lead_to_pages(written: str, shown: str) -> None:
    assert filling.linked(written, ROOT, "") == shown


def test_pictures_of_documents_are_found_from_any_depth() -> None:
    shown = filling.linked("![a wave](examples/pictures/wave.svg)", ROOT, "../")
    assert 'src="../wave.svg" alt="a wave"' in shown


@pytest.mark.parametrize(
    ("text", "shows", "message"),
    [
        ("1 / 0\n", "", "ended with 1: .*ZeroDivisionError"),
        ("import warnings\nwarnings.warn('careful')\n", "", "ended with 0: .*careful"),
        ("print('all is well')\n", "TypeError", "does not show a TypeError: all is well"),
    ],
)
def test_a_program_that_does_not_do_as_its_page_says_stops_the_build(
    text: str, shows: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(running.ProgramError, match=f"(?s)page-1 {message}"):
        running.run(running.Program("page-1", text, shows), tmp_path / "page-1")


def test_a_program_runs_again_when_it_has_changed(tmp_path: Path) -> None:
    def runs(text: str) -> running.Output:
        return running.run(running.Program("page-1", text), tmp_path / "page-1")

    once = "import pathlib, time; pathlib.Path('a.svg').write_text('<svg/>'); print(time.time_ns())\n"
    first = runs(once)
    assert first.files == ("a.svg",)
    assert runs(once) == first
    assert runs("print(2)\n") == running.Output("2\n", "", ())
    assert not (tmp_path / "page-1" / "a.svg").exists()
