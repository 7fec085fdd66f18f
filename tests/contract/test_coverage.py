"""The table of what of numpy and scipy has a derivative is made of today's rows."""

from __future__ import annotations

import importlib
import importlib.util
import re

import numpy
import pytest
import scipy
from paths import ROOT

specification = importlib.util.spec_from_file_location("write_coverage", ROOT / ".github/write_coverage.py")
assert specification is not None and specification.loader is not None
write_coverage = importlib.util.module_from_spec(specification)
specification.loader.exec_module(write_coverage)

WRITTEN = (ROOT / ".github/NUMPY_AND_SCIPY.md").read_text(encoding="utf-8")
SECTIONS = dict(part.split("\n", 1) for part in WRITTEN.split("\n## ")[1:])


SAME_VERSIONS = numpy.__version__.startswith("2.4") and scipy.__version__.startswith("1.17")
"""Whether numpy and scipy are those that the table is of; others have other functions."""


@pytest.mark.filterwarnings("ignore")
def test_what_the_table_names_has_a_row_here_too() -> None:
    for module, kinds in write_coverage.coverage().items():
        written = set(re.findall(r"`(\w+)`", SECTIONS[module].partition(write_coverage.HEADINGS["python"])[0]))
        there = {name for name in written if module == "numpy.random" or hasattr(importlib.import_module(module), name)}
        assert len(there & set(kinds["rule"])) >= 0.9 * len(there), module


@pytest.mark.filterwarnings("ignore")
def test_the_table_is_as_it_would_be_written() -> None:
    lines, written = write_coverage.text().splitlines(), WRITTEN.splitlines()
    assert lines == written if SAME_VERSIONS else len(lines) > 0.8 * len(written), "run .github/write_coverage.py"
