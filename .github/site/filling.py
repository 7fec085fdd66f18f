"""Fills the site's pages: parts of other documents, the outputs and pictures of programs, tables made from the rules.

A line such as `{{ section: README.md # numpy code }}` stands for text that is written, or made, elsewhere:

    {{ document: FILE }}             a whole document
    {{ body: FILE }}                 the same without its title
    {{ section: FILE # HEADING }}    what stands under a heading of it, up to the next one
    {{ example: 07_optimise.py }}    an example's source, output and pictures
    {{ gallery }}                    all of them, pictures first
    {{ plain: orbit.py }}            the source of a module that examples differentiate
    {{ meaning: BackwardError }}     what an error's docstring says
    {{ api: grad vjp }}              the reference of public names, from their docstrings
    {{ rules }}                      the table of rules
    {{ functions }}                  the reference of the rules' Functions
    {{ drawing: FILE }}              a picture that Graphviz makes of DOT text
"""

from __future__ import annotations

import ast
import html
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from reference import api, functions, meaning, rules_table
from running import EXAMPLES, PROGRAM, ROOT, SITE, Output, Program, example, programs_in, run

from minitorch.drawing.render import render

MACRO: Final = re.compile(r"^\{\{ (?P<name>\w+)(?:: (?P<argument>.*?))? \}\}$", re.M)
LINK: Final = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^):#]+)\)")
HEADING: Final = re.compile(r"^#+ (?P<words>.*)$", re.M)
FENCE: Final = re.compile(r"^```.*?^```$", re.M | re.S)

MADE: Final = "made"
"""The folder of the site with what programs wrote."""

SMALLEST: Final = 0.58
"""Of its own size, what a drawing is shown in at least."""

PAGES: Final = {
    "README.md": "/index.md",
    "CHANGELOG.md": "/changelog.md",
    ".github/CONTRIBUTING.md": "/contributing.md",
    ".github/NUMPY_AND_SCIPY.md": "/what_has_a_derivative.md",
    ".github/PYTHONS.md": "/pythons.md",
    "examples": "/gallery.md",
    "minitorch/derivatives/custom_root.py": "/api/own_rules.md",
}
"""The pages that links to files of the repository lead to."""


def examples() -> list[str]:
    """Return the names of the examples, in order."""
    return sorted(file.name for file in EXAMPLES.glob("[0-9]*.py"))


class Filler:
    """Fills pages.

    Args:
        folder: that of the built site.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.macros: dict[str, Callable[..., str]] = {
            "example": self.example,
            "gallery": self.gallery,
            "plain": plain,
            "meaning": meaning,
            "api": api,
            "rules": rules_table,
            "functions": functions,
            "drawing": self.drawing,
        }

    def fill(self, text: str, page: str) -> str:
        """Return the Markdown of a page.

        Args:
            text: the page as it is written.
            page: its name, without the ending.
        """
        above = "../" * page.count("/")
        text = included(text, page)
        found = iter(programs_in(text, page))
        text = PROGRAM.sub(lambda match: self._with_output(next(found), above), text)

        def made(match: re.Match[str]) -> str:
            arguments = [match["argument"]] if match["argument"] else []
            macro = self.macros[match["name"]]
            return macro(*arguments, above) if hasattr(macro, "__self__") else macro(*arguments)

        return MACRO.sub(made, text)

    def output(self, program: Program) -> Output:
        """Return what a program leaves in its folder of the site."""
        return run(program, self.folder / MADE / program.name)

    def _with_output(self, program: Program, above: str) -> str:
        """Return the Markdown of a program with what it leaves."""
        output = self.output(program)
        source = f"```python\n{program.text}```\n"
        return f"{source}\n{self._pictures(program, output, above)}{printed(output)}"

    def _pictures(self, program: Program, output: Output, above: str) -> str:
        """Return the HTML of the files that a program wrote."""
        title = description(program)
        place = f"{MADE}/{program.name}"
        return "".join(picture(f"{above}{place}/{name}", title, self.folder / place / name) for name in output.files)

    def example(self, name: str, above: str) -> str:
        """Return an example: source, pictures, output."""
        program = example(name)
        return self._with_output(program, above).replace("```python\n", f"`examples/{name}`\n\n```python\n", 1)

    def gallery(self, above: str) -> str:
        """Return all examples: small pictures of them, then each with its source folded."""
        return "\n".join([*self._overview(above), *self._exhibits(above)])

    def _overview(self, above: str) -> Iterator[str]:
        """Yield the HTML of small pictures, which lead to the examples that drew them."""
        yield '<ul class="overview">'
        for program in map(example, examples()):
            drawings = [name for name in self.output(program).files if name.endswith((".svg", ".png"))]
            for name in drawings[-1:]:
                place = f"{MADE}/{program.name}/{name}"
                look = look_of((self.folder / place).read_text(encoding="utf-8")) if name.endswith(".svg") else ""
                image = f'<img src="{above}{place}" alt="" loading="lazy"{look}>'
                yield f'<li><a href="#{anchor(program)}">{image}{html.escape(heading(program)[0])}</a></li>'
        yield "</ul>\n"

    def _exhibits(self, above: str) -> Iterator[str]:
        """Yield the Markdown of each example: pictures, what it printed, its source."""
        for program in map(example, examples()):
            output = self.output(program)
            title, rest = heading(program)
            yield f"({program.name})=\n\n## {title}\n"
            if rest:
                yield f"{rest[0].upper()}{rest[1:]}.\n"
            yield self._pictures(program, output, above)
            yield printed(output)
            source = f"```python\n{program.text}```\n"
            yield f"<details><summary>examples/{program.name}.py</summary>\n\n{source}\n</details>\n"

    def drawing(self, name: str, above: str) -> str:
        """Return the HTML of a picture, which is made of DOT text beside the pages."""
        dot = (SITE / name).read_text(encoding="utf-8")
        file = self.folder / MADE / Path(name).with_suffix(".svg")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(render(dot))
        (alt,) = re.findall(r"^// (.*)$", dot, re.M)
        return picture(f"{above}{MADE}/{file.name}", alt, file)


def anchor(program: Program) -> str:
    """Return what Sphinx calls the place of an example on the gallery's page.

    >>> anchor(example("07_optimise.py"))
    'optimise'
    """
    return re.sub(r"^\d+_", "", program.name).replace("_", "-")


def heading(program: Program) -> tuple[str, str]:
    """Return what an example does, and what is said of it after a colon.

    >>> heading(example("06_draw.py"))
    ('The picture of a computation', 'every operation of a short one, the lines of source that ran of a long one')
    """
    title, _, rest = description(program).rstrip(".").partition(": ")
    return title, rest


def description(program: Program) -> str:
    """Return what an example says of itself in its first line; of other programs, what they end with."""
    documentation = ast.get_docstring(ast.parse(program.text))
    return documentation.splitlines()[0] if documentation else "what the program above drew"


def picture(address: str, alt: str, file: Path) -> str:
    """Return the HTML of a picture, or of a page in a frame, that leads to the file itself.

    Args:
        address: where it is, from the page.
        alt: what it shows.
        file: the file; pictures that are wider than the page shrink as far as they can be read, and scroll then.
    """
    alt = html.escape(alt)
    if address.endswith(".html"):
        frame = f'<iframe src="{address}" title="{alt}" loading="lazy"></iframe>'
        return f'\n<p class="made">{frame}<a href="{address}">Open the page by itself</a></p>\n\n'
    look = ""
    if file.suffix == ".svg":
        drawing = file.read_text(encoding="utf-8")
        look = f' style="min-width: {round(SMALLEST * width_of(drawing))}px"{look_of(drawing)}'
    return f'\n<p class="made"><a href="{address}"><img src="{address}" alt="{alt}"{look}></a></p>\n\n'


def width_of(drawing: str) -> float:
    """Return the width of a drawing in pixels of CSS.

    >>> width_of('<svg height="3pt" width="30pt">'), width_of('<svg width="40">')
    (40.0, 40.0)
    """
    found = re.search(r'<svg\b[^>]*?\bwidth="([\d.]+)(pt|px|)"', drawing, re.S)
    if found is None:
        raise ValueError("a drawing does not say how wide it is")
    return float(found[1]) * (4 / 3 if found[2] == "pt" else 1)


def look_of(drawing: str) -> str:
    """Return the attribute of drawings that know no dark pages: matplotlib's."""
    return "" if "prefers-color-scheme" in drawing or "matplotlib" not in drawing else ' class="plot"'


def printed(output: Output) -> str:
    """Return what a program printed, and said of errors and warnings, as Markdown."""
    parts = (("output", output.printed), ("output said", output.said))
    return "".join(
        f"````{{code-block}} text\n:class: {kind}\n\n{text.rstrip()}\n````\n\n" for kind, text in parts if text.strip()
    )


def included(text: str, page: str) -> str:
    """Return a page with the documents that it includes, whose programs are its own then."""
    above = "../" * page.count("/")

    def part(match: re.Match[str]) -> str:
        take = {"document": document, "body": body, "section": section}.get(match["name"])
        if take is None:
            return match[0]
        name, _, heading = match["argument"].partition(" # ")
        content = linked(take(*filter(None, (name, heading))), (ROOT / name).parent, above)
        # README's blocks are programs; those of other documents may be a line of one.
        return content if name == "README.md" else content.replace("```python\n", "```py\n")

    return MACRO.sub(part, text)


def document(name: str) -> str:
    """Return the text of a document."""
    return (ROOT / name).read_text(encoding="utf-8")


def body(name: str) -> str:
    """Return the text of a document without the title in its first line."""
    return document(name).partition("\n")[2]


def section(name: str, heading: str) -> str:
    """Return what stands under a heading.

    >>> section("README.md", "Machine code").splitlines()[0]
    '```python'

    Raises:
        LookupError: the document has no such heading.
    """
    text = document(name)
    # A comment in a program begins like a heading.
    fences = [range(*fence.span()) for fence in FENCE.finditer(text)]
    headings = [found for found in HEADING.finditer(text) if not any(found.start() in fence for fence in fences)]
    for found, following in zip(headings, [*headings[1:], None], strict=True):
        if found["words"] == heading:
            return text[found.end() : following and following.start()].strip() + "\n"
    raise LookupError(f"{name} has no heading “{heading}”")


def linked(text: str, origin: Path, above: str) -> str:
    """Return a document's text with its links as they are on a page.

    Args:
        text: the document.
        origin: the folder that it stands in.
        above: the way from the page to the site's folder.
    """

    def link(match: re.Match[str]) -> str:
        file = Path(os.path.normpath(origin / match["target"]))
        words = match["text"]
        if match["picture"]:
            # The folder of pictures is copied to the site's own.
            return picture(f"{above}{file.name}", words, file)
        name = file.relative_to(ROOT).as_posix()
        if file.parent == EXAMPLES and file.name in examples():
            return f"[{words}](#{file.stem})"
        # What has no page is in the repository alone.
        return f"[{words}]({PAGES[name]})" if name in PAGES else words

    parts, end = [], 0
    for fence in FENCE.finditer(text):
        parts += [LINK.sub(link, text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, LINK.sub(link, text[end:])])


def plain(name: str) -> str:
    """Return the source of a module that examples differentiate."""
    return f"```{{code-block}} python\n:caption: examples/plain/{name}\n\n{document(f'examples/plain/{name}')}```\n"
