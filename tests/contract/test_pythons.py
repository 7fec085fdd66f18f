"""The table of what works on which Python is what this one does, and what the rows say."""

from __future__ import annotations

import importlib.util
import re

import pytest
from paths import ROOT
from python_features import COLUMNS, FEATURES, MACHINE_CODE, REFUSED, column, failure_of

from minitorch.machine_code.availability import why_unavailable

specification = importlib.util.spec_from_file_location("write_pythons", ROOT / ".github/write_pythons.py")
assert specification is not None and specification.loader is not None
write_pythons = importlib.util.module_from_spec(specification)
specification.loader.exec_module(write_pythons)


@pytest.mark.slow
@pytest.mark.parametrize("key", FEATURES)
def test_a_row_is_right_on_this_python(key: str) -> None:
    words, said = REFUSED.get(key, {}).get(column()), failure_of(key)
    assert said == "" if words is None else words in said


def test_the_column_says_of_machine_code_what_compile_says() -> None:
    assert (MACHINE_CODE.get(column()) or "None") in str(why_unavailable())


def test_the_table_is_as_it_would_be_written() -> None:
    written = (ROOT / ".github/PYTHONS.md").read_text(encoding="utf-8")
    assert written == write_pythons.text(), "run .github/write_pythons.py"
    assert column() in COLUMNS


def test_rows_and_columns_that_are_named_are_there() -> None:
    assert set(REFUSED) <= set(FEATURES)
    assert all(set(cells) <= set(COLUMNS) and all(cells.values()) for cells in REFUSED.values())


def test_readme_leads_to_the_table() -> None:
    assert re.search(r"\(\.github/PYTHONS\.md\)", (ROOT / "README.md").read_text(encoding="utf-8"))
