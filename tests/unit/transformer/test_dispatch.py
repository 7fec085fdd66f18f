"""What is called is decided where the call happens, by identity; nothing else about the call changes."""

from __future__ import annotations

import functools
import math
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bare_transformer import Listener, in_a_file, make_dispatcher, up

from transformer import Alias, Dispatcher
from transformer.linking import is_linked


def double(x: float) -> float:
    return x * 2


def quadruple(x: float) -> float:
    return double(double(x))


class Shape:
    made = 0

    def __init__(self, side: float) -> None:
        self.side = side + 1

    def area(self) -> float:
        return self.side * self.side

    def __add__(self, other: float) -> float:
        return self.side + other

    def __call__(self, x: float) -> float:
        return x * self.side


@pytest.fixture
def fresh() -> dict[str, Any]:
    """Fresh copies of the functions above, that nobody has converted."""
    text = Path(__file__).read_text(encoding="utf-8")
    text = text[text.index("def double") : text.index("@pytest")]
    filename = in_a_file(text)
    names: dict[str, Any] = {"__name__": "fresh_functions", "math": math}
    exec(compile(text, filename, "exec"), names)
    return names


def test_with_the_switch_down_everything_is_itself() -> None:
    dispatcher = make_dispatcher(Listener())
    for callee in (math.sin, float, len, double, Shape, print, 3, None, "text", functools.partial(math.sin)):
        assert dispatcher.resolve(callee) is callee
        assert dispatcher.follow(callee) is callee
    assert not is_linked(double.__code__)


def test_callables_of_the_table_are_replaced_by_identity() -> None:
    listener = Listener()
    dispatcher = make_dispatcher(listener)
    with up(dispatcher.targets.switch):
        assert dispatcher.resolve(math.sin)(0.0) == 0.0
        assert dispatcher.resolve(float)("2") == 2.0
        assert dispatcher.resolve(functools.partial(max, 1))(2) == 2
        for callee in (math.cos, int, len, print, 3, None, "text", object(), functools.partial(len), [].append):
            assert dispatcher.resolve(callee) is callee
    assert listener.heard == ["Sin(0.0)", "Float('2')", "Max(1, 2)"]


def test_resolving_runs_no_code_of_the_callee() -> None:
    class Trap:
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(name)

        def __eq__(self, other: object) -> bool:
            raise AssertionError("==")

        def __hash__(self) -> int:
            raise AssertionError("hash")

    class Meta(type):
        def __hash__(cls) -> int:
            raise AssertionError("hash")

    class Trapped(metaclass=Meta):
        pass

    dispatcher = make_dispatcher()
    trap = Trap()
    with up(dispatcher.targets.switch):
        assert dispatcher.resolve(trap) is trap
        assert dispatcher.resolve(Trapped) is Trapped


def test_kinds_give_the_callable_to_call_instead() -> None:
    def unwrap(cached: Any) -> Callable[..., Any]:
        return cached.__wrapped__  # type: ignore[no-any-return]

    cached = functools.lru_cache(double)
    dispatcher = make_dispatcher(by_type={type(cached): unwrap})
    with up(dispatcher.targets.switch):
        assert dispatcher.resolve(cached) is double


def test_following_converts_what_is_called(fresh: dict[str, Any]) -> None:
    listener = Listener()
    dispatcher = make_dispatcher(listener)
    dispatcher.converter.convert(fresh["quadruple"])
    assert not is_linked(fresh["double"].__code__)
    with up(dispatcher.targets.switch):
        assert fresh["quadruple"](3) == 12
    assert is_linked(fresh["double"].__code__)
    assert listener.heard == ["Mul(3, 2)", "Mul(6, 2)"]


def test_following_converts_classes_methods_and_instances(fresh: dict[str, Any]) -> None:
    listener = Listener()
    dispatcher = make_dispatcher(listener)
    with up(dispatcher.targets.switch):
        shape = dispatcher.follow(fresh["Shape"])(1)
        assert (dispatcher.follow(shape.area)(), shape + 1, dispatcher.follow(shape)(3)) == (4, 3, 6)
    assert listener.heard == ["Add(1, 1)", "Mul(2, 2)", "Add(2, 1)", "Mul(3, 2)"]


def test_hooked_code_follows_only_while_asked_to(fresh: dict[str, Any]) -> None:
    dispatcher = make_dispatcher()
    with up(dispatcher.targets.switch):
        dispatcher.resolve(fresh["double"])
        assert not is_linked(fresh["double"].__code__)
        with dispatcher.following_hooked_code(), dispatcher.following_hooked_code():
            dispatcher.resolve(fresh["double"])
        assert is_linked(fresh["double"].__code__)
        dispatcher.resolve(fresh["quadruple"])
        assert not is_linked(fresh["quadruple"].__code__)


def test_what_is_called_but_cant_be_converted_stays(fresh: dict[str, Any]) -> None:
    names: dict[str, Any] = {"__name__": "made"}
    exec("def f(x): return x * x", names)
    dispatcher = make_dispatcher()
    with up(dispatcher.targets.switch):
        assert dispatcher.follow(names["f"])(3) == 9
        assert dispatcher.follow(names["f"])(3) == 9
    assert not is_linked(names["f"].__code__)


def test_excluded_packages_are_not_followed(fresh: dict[str, Any]) -> None:
    dispatcher = make_dispatcher(excluded=frozenset({"fresh_functions"}))
    with up(dispatcher.targets.switch):
        dispatcher.follow(fresh["double"])
        dispatcher.follow(fresh["Shape"])
    assert not is_linked(fresh["double"].__code__)
    assert not is_linked(fresh["Shape"].area.__code__)


def test_no_frame_is_added() -> None:
    text = "def outer(f):\n    return f(1) * 2\ndef inner(x):\n    return names() + x\n"
    filename = in_a_file(text)
    seen: list[list[str]] = []

    def names() -> int:
        seen.append([frame.name for frame in traceback.extract_stack() if frame.filename == filename])
        depth = len(traceback.extract_stack())
        seen.append([str(depth)])
        return 1

    for prepare in (False, True):
        scope: dict[str, Any] = {"__name__": "framed", "names": names}
        exec(compile(text, filename, "exec"), scope)
        dispatcher = make_dispatcher()
        if prepare:
            dispatcher.converter.convert(scope["outer"])
            dispatcher.converter.convert(scope["inner"])
        with up(dispatcher.targets.switch):
            assert scope["outer"](scope["inner"]) == 4
    assert seen[:2] == seen[2:] == [["outer", "inner"], seen[1]]


def test_threads_convert_once(fresh: dict[str, Any]) -> None:
    dispatcher = make_dispatcher()
    barrier = threading.Barrier(8)
    results: list[int] = []

    def work(function: Callable[[int], int]) -> None:
        barrier.wait()
        results.append(dispatcher.follow(function)(3))

    with up(dispatcher.targets.switch):
        threads = [threading.Thread(target=work, args=(fresh["quadruple"],)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [12] * 8


def test_stand_ins_can_be_asked_for() -> None:
    dispatcher: Dispatcher = make_dispatcher()
    alias = dict(dispatcher.targets.callables)[math.sin]
    assert isinstance(alias, Alias)
    assert dispatcher.replacement(math.sin) is alias.function
    assert dispatcher.replacement(double) is None
