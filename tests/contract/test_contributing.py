"""What contributors are told is true: the picture of the rooms, the files that are named, the order of rooms."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType
from xml.etree import ElementTree

import pytest
from paths import ROOT
from test_layers import ROOMS, SOURCES, room

GUIDE = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def draw_house() -> ModuleType:
    specification = importlib.util.spec_from_file_location("draw_house", ROOT / ".github/draw_house.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_picture_is_drawn_from_todays_imports(draw_house: ModuleType) -> None:
    """`python .github/draw_house.py` draws it again."""
    metadata = ElementTree.parse(draw_house.PICTURE).find("{http://www.w3.org/2000/svg}metadata")
    assert metadata is not None
    assert metadata.text == draw_house.house()


def test_every_room_has_a_box(draw_house: ModuleType) -> None:
    rooms = {room(name) for name in SOURCES} - draw_house.LEFT_OUT - draw_house.PART_OF.keys()
    assert draw_house.BOXES.keys() == rooms


def test_the_order_of_rooms_is_the_one_that_is_tested(draw_house: ModuleType) -> None:
    (sentence,) = re.findall(r"The order, from the ground: (.*?)\. It\s", GUIDE, re.DOTALL)
    named = re.findall(r"`([\w/.]+)`", sentence)
    expected = [name.removeprefix("minitorch.") for name in ROOMS if name in draw_house.BOXES]
    assert named == [*expected[:-1], "minitorch/__init__.py"]


def test_files_that_are_named_exist() -> None:
    named = set(re.findall(r"\b(?:minitorch|transformer|tests|examples)/[\w/]*(?:\.\w+)?", GUIDE))
    named |= {f".github/{name}" for name in re.findall(r"\]\(([^):]+)\)", GUIDE)}
    assert len(named) > 30
    assert {name for name in named if not (ROOT / name).exists()} == set()
