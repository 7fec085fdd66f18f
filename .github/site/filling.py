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
import operator
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from running import EXAMPLES, PROGRAM, ROOT, SITE, Output, Program, example, programs_in, run

import minitorch
from minitorch.drawing.render import render
from minitorch.rules.real import RULES
from minitorch.rules.rule import Rule
from minitorch.rules.table import title

MACRO: Final = re.compile(r"^\{\{ (?P<name>\w+)(?:: (?P<argument>.*?))? \}\}$", re.M)
LINK: Final = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^):#]+)\)")
HEADING: Final = re.compile(r"^#+ (?P<words>.*)$", re.M)
FENCE: Final = re.compile(r"^```.*?^```$", re.M | re.S)

MADE: Final = "made"
"""The folder of the site with what programs wrote."""

SMALLEST: Final = 0.65
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
        """Return all examples, with the pictures at the top and the source folded."""
        return "\n".join(self._exhibits(above))

    def _exhibits(self, above: str) -> Iterator[str]:
        for name in examples():
            program = example(name)
            output = self.output(program)
            heading, _, rest = description(program).rstrip(".").partition(": ")
            yield f"({program.name})=\n\n## {heading}\n"
            if rest:
                yield f"{rest[0].upper()}{rest[1:]}.\n"
            yield self._pictures(program, output, above)
            yield printed(output)
            yield f"<details><summary>examples/{name}</summary>\n\n```python\n{program.text}```\n\n</details>\n"

    def drawing(self, name: str, above: str) -> str:
        """Return the HTML of a picture, which is made of DOT text beside the pages."""
        dot = (SITE / name).read_text(encoding="utf-8")
        file = self.folder / MADE / Path(name).with_suffix(".svg")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(render(dot))
        (alt,) = re.findall(r"^// (.*)$", dot, re.M)
        return picture(f"{above}{MADE}/{file.name}", alt, file)


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
    width = f' style="min-width: {round(SMALLEST * width_of(file))}px"' if file.suffix == ".svg" else ""
    return f'\n<p class="made"><a href="{address}"><img src="{address}" alt="{alt}"{width}></a></p>\n\n'


def width_of(file: Path) -> float:
    """Return the width of a drawing in pixels of CSS."""
    found = re.search(r'<svg\b[^>]*?\bwidth="([\d.]+)(pt|px|)"', file.read_text(encoding="utf-8"), re.S)
    if found is None:
        raise ValueError(f"{file} does not say how wide it is")
    return float(found[1]) * (4 / 3 if found[2] == "pt" else 1)


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


def meaning(name: str) -> str:
    """Return what the docstring of an error says in its first sentence, and what it is to Python.

    >>> meaning("RewriteWarning")
    'A module or function that was left as it is, and why. It is a `UserWarning`.\\n'
    """
    kind = getattr(minitorch, name)
    return f"{kind.__doc__.splitlines()[0]} It is a `{kind.__base__.__name__}`.\n"


def api(names: str) -> str:
    """Return the directives that make the reference of public names.

    >>> print(api("grad"))
    ```{eval-rst}
    .. autofunction:: minitorch.grad
    ```
    <BLANKLINE>
    """
    lines = []
    for name in names.split():
        value = getattr(minitorch, name)
        if isinstance(value, type):
            lines += [f".. autoclass:: minitorch.{name}", "   :members:", "   :show-inheritance:", ""]
        elif callable(value):
            lines.append(f".. autofunction:: minitorch.{name}")
        else:
            lines += [f".. automodule:: minitorch.{name}", "   :members:", ""]
    return "\n".join(["```{eval-rst}", *lines, "```", ""])


def partials() -> dict[str, list[str]]:
    """Return the partial derivatives of each row as they are written in the table, whose output is `result`."""
    found: dict[str, list[str]] = {}
    tree = ast.parse((ROOT / "minitorch/rules/real.py").read_text(encoding="utf-8"))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "rule":
            name, _, *rest = call.args
            found[ast.literal_eval(name)] = [_formula(partial) for partial in rest]
    return found


def _formula(partial: ast.expr) -> str:
    """Return a partial derivative as text."""
    if not isinstance(partial, ast.Lambda):
        return {"zero": "0.0", "one": "1.0"}.get(ast.unparse(partial), ast.unparse(partial))
    output = partial.args.args[-1].arg if partial.args.vararg is None else ""
    for node in ast.walk(partial.body):
        if isinstance(node, ast.Name) and node.id == output:
            node.id = "result"
    return ast.unparse(partial.body)


def rules_table() -> str:
    """Return the table of the rules with their partial derivatives, and what of numpy has them, too."""
    written = partials()
    lines = ["| in Python | Function | in numpy | partial derivatives |", "|---|---|---|---|"]
    for name, rule in RULES.items():
        formulas = "<br>".join(f"`{formula}`" for formula in dict.fromkeys(written.get(name, [])))
        numpy = ", ".join(f"`{each}`" for each in rule.numpy)
        lines.append(f"| {_plain(rule)} | `{name}` | {numpy} | {formulas or 'by all inputs at once'} |")
    return "\n".join(lines) + "\n"


def _plain(rule: Rule) -> str:
    """Return the plain functions that a row stands for; operators as they are written."""
    if not rule.callables and rule.function.__name__ == "<lambda>":
        return "a part of a result"
    return ", ".join(f"`{_written(plain)}`" for plain in rule.callables or [rule.function])


def _written(plain: object) -> str:
    """Return what a plain function is called, or its operator.

    >>> _written(operator.add), _written(pow)
    ('x + y', 'pow')
    """
    same = re.match(r"Same as (\S*[ab] ?.*)\.$", plain.__doc__ or "") if plain in vars(operator).values() else None
    return re.sub(r"\b[ab]\b", lambda letter: "xy"["ab".index(letter[0])], same[1]) if same else title(plain)


def functions_of_rows() -> list[str]:
    """Return the public names of Functions that are made from rows, those of complex numbers included."""
    return [
        name
        for name in minitorch.__all__
        if name in RULES or isinstance(getattr(minitorch, name), minitorch.ComplexFunction)
    ]


def functions() -> str:
    """Return the reference of the Functions that the rows make."""
    lines = ["```{eval-rst}"]
    for name in functions_of_rows():
        if name in RULES:
            stands = _plain(RULES[name]).replace("`", "``")
            lines += [f".. py:class:: minitorch.{name}", "", f"   The Function of {stands}.", ""]
        else:
            lines += [f".. py:data:: minitorch.{name}", "", "   The Function of complex numbers.", ""]
    return "\n".join([*lines, "```", ""])
