"""Libraries in C are told of Variables once they are imported, whoever else tells them at the same moment."""

from __future__ import annotations

import json
import sys

import pytest

from minitorch.tracing import strangers


def test_another_may_tell_a_library_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Library:
        class Encoder(json.JSONEncoder):
            pass

        @property
        def JSONEncoder(self) -> type[json.JSONEncoder]:
            asked.append("by the other" if asked else "first")
            if len(asked) == 1:
                strangers.tell_strangers()
            return self.Encoder

    library = Library()
    monkeypatch.setattr(strangers, "UNTOLD", ["json"])
    monkeypatch.setitem(sys.modules, "json", library)
    strangers.tell_strangers()
    assert strangers.UNTOLD == []
    assert library.Encoder.default is not json.JSONEncoder.default
