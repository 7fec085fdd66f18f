"""The site's settings: `sphinx-build -W .github/site .site` builds it.

Pages are filled by filling.py before they are read. Public names that stand in code, in docstrings as in pages, become
links to their reference.
"""

from __future__ import annotations

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from docutils import nodes  # noqa: E402
from filling import MADE, Filler, examples, included  # noqa: E402
from running import SITE, example, programs_in  # noqa: E402
from sphinx import addnodes  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402
from sphinx.environment import BuildEnvironment  # noqa: E402
from sphinx.transforms import SphinxTransform  # noqa: E402

import minitorch  # noqa: E402

project = "minitorch"
author = "minitorch contributors"
release = version = minitorch.__version__
copyright = author

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["__pycache__"]
default_role = "code"
highlight_language = "python"
python_maximum_signature_line_length = 80

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_use_ivar = True
napoleon_numpy_docstring = False

myst_heading_anchors = 3
copybutton_prompt_text = ">>> |... |$ "
copybutton_prompt_is_regexp = False
copybutton_exclude = ".linenos, .gp, .go"
copybutton_selector = "div:not(.output) > div.highlight > pre"

pygments_dark_style = "github-dark"
html_theme = "furo"
html_title = "minitorch"
html_static_path = ["static"]
html_extra_path = ["../../examples/pictures", "../house.svg"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_search_summary = False  # a browser refuses to fetch it from files
suppress_warnings = ["misc.highlighting_failure"]  # what is left out of a program is written as "…"
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}


class LinkNames(SphinxTransform):
    """Makes links of public names that stand in code."""

    default_priority = 400
    names = frozenset(minitorch.__all__)

    def apply(self, **kwargs: Any) -> None:
        """Put a reference around each name; one of numpy's may have the same one on the page of its functions."""
        page = self.env.docname
        for literal in list(self.document.findall(nodes.literal)):
            text = literal.astext()
            name = text.removeprefix("minitorch.").partition("(")[0]
            if name not in self.names or isinstance(literal.parent, nodes.reference | addnodes.pending_xref):
                continue
            if page == "what_has_a_derivative" and name not in minitorch.scalars.primitives.__all__:
                continue
            reference = addnodes.pending_xref(
                "", refdomain="py", reftype="obj", reftarget=f"minitorch.{name}", refexplicit=True, refdoc=page
            )
            literal.replace_self(reference)
            reference += literal


def run_programs(app: Sphinx) -> None:
    """Run all programs at once, as far as there are cores, and forget those that are no more."""
    filler = app.filler = Filler(Path(app.outdir))  # type: ignore[attr-defined]
    found = [example(name) for name in examples()]
    for page in sorted(SITE.rglob("*.md")):
        name = page.relative_to(SITE).with_suffix("").as_posix()
        found += programs_in(included(page.read_text(encoding="utf-8"), name), name)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(filler.output, found))
    names = {program.name for program in found}
    for folder in (Path(app.outdir) / MADE).iterdir():
        if folder.is_dir() and folder.name not in names:
            shutil.rmtree(folder)


def outdated(app: Sphinx, env: BuildEnvironment, *changes: set[str]) -> set[str]:
    """Return all pages: what a page takes from elsewhere may have changed though the page has not."""
    return set(env.found_docs)


def fill(app: Sphinx, page: str, source: list[str]) -> None:
    """Fill a page that has been read."""
    source[0] = app.filler.fill(source[0], page)  # type: ignore[attr-defined]


def keep_colons(app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]) -> None:
    """Have what a property's docstring says before a colon not be read as its type."""
    if what in ("attribute", "property"):
        lines[:0] = ["..", ""]  # an empty comment


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect what is above; Sphinx calls this."""
    app.connect("builder-inited", run_programs)
    app.connect("env-get-outdated", outdated)
    app.connect("source-read", fill)
    app.connect("autodoc-process-docstring", keep_colons, priority=400)  # before napoleon, which has 500
    app.add_transform(LinkNames)
    return {"parallel_read_safe": True}
