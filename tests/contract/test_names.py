"""The names of the package: what others call it, what is nearly right, and what completion offers."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

import minitorch
from minitorch.names import HERE_CALLED


@pytest.mark.parametrize("name", sorted(HERE_CALLED))
def test_names_of_other_packages_lead_to_ours(name: str) -> None:
    with pytest.raises(AttributeError, match=rf"^module 'minitorch' has no attribute '{name}'; here it is ") as caught:
        getattr(minitorch, name)
    for ours in re.findall(r"minitorch\.(\w+)", str(caught.value)):
        assert hasattr(minitorch, ours)


def test_what_is_nearly_right_is_suggested_by_python() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import minitorch; minitorch.jacobien"], capture_output=True, text=True, check=False
    )
    assert re.search(r"Did you mean:? '\.?jacobian'", done.stderr.splitlines()[-1])


def test_completion_offers_what_is_not_loaded_yet() -> None:
    program = "import minitorch; print(set(minitorch.__all__) <= set(dir(minitorch)), 'compile' in vars(minitorch))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"


@pytest.mark.parametrize("name", minitorch.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(minitorch, name) is not None


FUNCTIONS = [name for name in minitorch.__all__ if inspect.isfunction(getattr(minitorch, name))]


@pytest.mark.parametrize("name", [*FUNCTIONS, "Scalar", "Tensor", "ComplexScalar"])
def test_signatures_can_be_shown(name: str) -> None:
    assert str(inspect.signature(getattr(minitorch, name))).startswith("(")


def test_tables_behind_the_functions_are_not_public() -> None:
    assert not [name for name in minitorch.__all__ if isinstance(getattr(minitorch, name), dict)]
