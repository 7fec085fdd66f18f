"""The table of mutation probes fits the sources: each fault has its place, and tests that are to find it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from mutation_probes.__main__ import TABLES, chosen
from mutation_probes.fault import Fault, put_in
from paths import ROOT

FAULTS = chosen([])


def test_names_tell_faults_apart() -> None:
    assert [name for name, count in Counter(fault.name for fault in FAULTS).items() if count > 1] == []
    assert len(chosen(["leak of"])) == 6 and chosen(["guards"]) == TABLES["guards"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_one_place_and_tests(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text(encoding="utf-8").count(fault.before) == 1
    assert fault.after != fault.before
    assert [test for test in fault.tests if not (ROOT / test).exists()] == []


def test_a_fault_without_its_place_is_an_error(tmp_path: Path) -> None:
    fault = Fault("nothing", "file.py", "before", "after", ())
    (tmp_path / "file.py").write_text("before and before")
    with pytest.raises(ValueError, match="has its text 2 times, not once"):
        put_in(fault, tmp_path)
    (tmp_path / "file.py").write_text("before")
    assert put_in(fault, tmp_path) == "before"
    assert (tmp_path / "file.py").read_text() == "after"
