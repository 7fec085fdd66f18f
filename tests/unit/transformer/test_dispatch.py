"""What is called is decided where the call happens, by identity; nothing else about the call changes."""

from __future__ import annotations

import colorsys
import copy
import fractions
import functools
import gc
import itertools
import math
import pickle
import random
import threading
import traceback
import types
import weakref
from abc import ABC
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import bare_transformer
import pytest
from bare_transformer import MAKERS, Listener, in_a_file, up

from transformer import Alias, Dispatcher
from transformer.libraries import Libraries, no_rows
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


MakeDispatcher = Callable[..., Dispatcher]


@pytest.fixture(params=MAKERS)
def make_dispatcher(request: pytest.FixtureRequest) -> MakeDispatcher:
    """Make a dispatcher that decides in Python, and one that decides in C."""
    return functools.partial(bare_transformer.make_dispatcher, make=MAKERS[request.param])


def test_with_the_switch_down_everything_is_itself(make_dispatcher: MakeDispatcher) -> None:
    dispatcher = make_dispatcher(Listener())
    for callee in (math.sin, float, len, double, Shape, print, 3, None, "text", functools.partial(math.sin)):
        assert dispatcher.resolve(callee) is callee
        assert dispatcher.follow(callee) is callee
    assert not is_linked(double.__code__)


def test_callables_of_the_table_are_replaced_by_identity(make_dispatcher: MakeDispatcher) -> None:
    listener = Listener()
    dispatcher = make_dispatcher(listener)
    with up(dispatcher.targets.switch):
        assert dispatcher.resolve(math.sin)(0.0) == 0.0
        assert dispatcher.resolve(float)("2") == 2.0
        assert dispatcher.resolve(functools.partial(max, 1))(2) == 2
        for callee in (math.cos, int, len, print, 3, None, "text", object(), functools.partial(len), [].append):
            assert dispatcher.resolve(callee) is callee
    assert listener.heard == ["Sin(0.0)", "Float('2')", "Max(1, 2)"]


def test_resolving_runs_no_code_of_the_callee(make_dispatcher: MakeDispatcher) -> None:
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


def test_kinds_give_the_callable_to_call_instead(make_dispatcher: MakeDispatcher) -> None:
    def unwrap(cached: Any) -> Callable[..., Any]:
        return cached.__wrapped__  # type: ignore[no-any-return]

    cached = functools.lru_cache(double)
    dispatcher = make_dispatcher(by_type={type(cached): unwrap})
    with up(dispatcher.targets.switch):
        assert dispatcher.resolve(cached) is double


def test_following_converts_what_is_called(make_dispatcher: MakeDispatcher, fresh: dict[str, Any]) -> None:
    listener = Listener()
    dispatcher = make_dispatcher(listener)
    dispatcher.converter.convert(fresh["quadruple"])
    assert not is_linked(fresh["double"].__code__)
    with up(dispatcher.targets.switch):
        assert fresh["quadruple"](3) == 12
    assert is_linked(fresh["double"].__code__)
    assert listener.heard == ["Mul(3, 2)", "Mul(6, 2)"]


def test_following_converts_classes_methods_and_instances(
    make_dispatcher: MakeDispatcher, fresh: dict[str, Any]
) -> None:
    listener = Listener()
    dispatcher = make_dispatcher(listener)
    with up(dispatcher.targets.switch):
        shape = dispatcher.follow(fresh["Shape"])(1)
        assert (dispatcher.follow(shape.area)(), shape + 1, dispatcher.follow(shape)(3)) == (4, 3, 6)
    assert listener.heard == ["Add(1, 1)", "Mul(2, 2)", "Add(2, 1)", "Mul(3, 2)"]


def test_hooked_code_follows_only_while_asked_to(make_dispatcher: MakeDispatcher, fresh: dict[str, Any]) -> None:
    dispatcher = make_dispatcher()
    with up(dispatcher.targets.switch):
        dispatcher.resolve(fresh["double"])
        assert not is_linked(fresh["double"].__code__)
        with dispatcher.following_hooked_code(), dispatcher.following_hooked_code():
            dispatcher.resolve(fresh["double"])
        assert is_linked(fresh["double"].__code__)
        dispatcher.resolve(fresh["quadruple"])
        assert not is_linked(fresh["quadruple"].__code__)


def test_what_is_called_but_cant_be_converted_stays(make_dispatcher: MakeDispatcher, fresh: dict[str, Any]) -> None:
    names: dict[str, Any] = {"__name__": "made"}
    exec("def f(x): return x * x", names)
    dispatcher = make_dispatcher()
    with up(dispatcher.targets.switch):
        assert dispatcher.follow(names["f"])(3) == 9
        assert dispatcher.follow(names["f"])(3) == 9
    assert not is_linked(names["f"].__code__)


def test_excluded_packages_are_not_followed(make_dispatcher: MakeDispatcher, fresh: dict[str, Any]) -> None:
    dispatcher = make_dispatcher(excluded=frozenset({"fresh_functions"}))
    with up(dispatcher.targets.switch):
        dispatcher.follow(fresh["double"])
        dispatcher.follow(fresh["Shape"])
    assert not is_linked(fresh["double"].__code__)
    assert not is_linked(fresh["Shape"].area.__code__)


def test_no_frame_is_added(make_dispatcher: MakeDispatcher) -> None:
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


def test_threads_convert_once(make_dispatcher: MakeDispatcher, fresh: dict[str, Any]) -> None:
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


def test_stand_ins_can_be_asked_for(make_dispatcher: MakeDispatcher) -> None:
    dispatcher: Dispatcher = make_dispatcher()
    alias = dict(dispatcher.targets.callables)[math.sin]
    assert isinstance(alias, Alias)
    assert dispatcher.replacement(math.sin) is alias.function
    assert dispatcher.replacement(double) is None


class Counting:
    """Objects of a class that a library has, and of others."""

    def __call__(self) -> str:
        return "called"


def asked_of(make: MakeDispatcher, followed: bool) -> list[str]:
    """Write down what every kind of callable leads to."""
    heard: list[str] = []

    def asking(name: str, answer: Any) -> Callable[..., Any]:
        def ask(*arguments: Any) -> Any:
            heard.append(f"{name}{[getattr(each, '__name__', type(each).__name__) for each in arguments]}")
            return answer(*arguments)

        return ask

    class Abstract(ABC):  # noqa: B024
        pass

    class Meta(type):
        pass

    class Odd(metaclass=Meta):
        def method(self) -> None:
            pass

    def own() -> None:
        pass

    cached = functools.lru_cache(double)
    dispatcher = make(by_type={type(cached): asking("by_type", lambda callee: callee.__wrapped__)})
    for name, answer in {
        "of_library": lambda callee, module: callee, "of_function": lambda callee: callee,
        "of_method": lambda callee: callee, "of_instance": lambda callee: callee, "follow_class": lambda callee: None,
    }.items():  # fmt: skip
        setattr(dispatcher, name, asking(name, answer))
    resolve = dispatcher._resolve_made_by(make.keywords["make"], following=False)  # type: ignore[attr-defined]
    shape = Shape(1.0)
    callees = [
        len, math.cos, "".join, [].append, dict.fromkeys, own, asked_of, Shape, Counting, Abstract, Odd, shape,
        shape.area,
        Odd(), Odd().method, Counting(), Abstract(), cached, types.MethodType(cached, 3), types.MethodType(shape, 3),
        functools.partial(len), functools.partial(cached), str.join, "".__mod__, type, object, None, 3, print,
        fractions.Fraction, fractions.Fraction(1, 2).limit_denominator, fractions.Fraction.from_float, random.random,
        colorsys.rgb_to_hls, colorsys, cached.cache_info, Meta, ABC, NotImplemented, itertools.chain, itertools.count(),
    ]  # fmt: skip
    dispatcher.targets.libraries.names.update({"fractions", "colorsys", "itertools"})
    with up(dispatcher.targets.switch), dispatcher.following_hooked_code() if followed else nullcontext():
        for _ in range(2):
            for callee in callees:
                found = resolve(callee)
                heard.append("itself" if found is callee else f"{type(found).__name__} of {type(callee).__name__}")
    return heard


@pytest.mark.parametrize("followed", [False, True])
def test_every_maker_asks_the_same_questions(make_dispatcher: MakeDispatcher, followed: bool) -> None:
    assert asked_of(make_dispatcher, followed) == asked_of(
        functools.partial(bare_transformer.make_dispatcher, make=MAKERS["Python"]), followed
    )


def test_what_is_registered_later_shows_at_once(make_dispatcher: MakeDispatcher) -> None:
    dispatcher = make_dispatcher()
    callees = [math.cos, double, Shape]
    with up(dispatcher.targets.switch):
        for callee in callees:
            assert dispatcher.resolve(callee) is callee
            dispatcher.register(callee, Alias("Replaced.apply", print))
            assert dispatcher.resolve(callee) is print
            dispatcher.register(callee, Alias("Replaced.apply", len))
            assert dispatcher.resolve(callee) is len


def test_resolve_takes_one_argument(make_dispatcher: MakeDispatcher) -> None:
    resolve = make_dispatcher().resolve
    for arguments, keywords in (((), {}), ((1, 2), {}), ((), {"callee": len})):
        with pytest.raises(TypeError, match="argument"):
            resolve(*arguments, **keywords)


def test_resolve_is_pickled_and_copied_by_its_name(
    make_dispatcher: MakeDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher: Any = make_dispatcher()
    monkeypatch.setattr(bare_transformer, "dispatcher", dispatcher, raising=False)
    dispatcher.resolve.__module__ = "bare_transformer"
    dispatcher.resolve.__qualname__ = "dispatcher.resolve"
    assert pickle.loads(pickle.dumps(dispatcher.resolve)) is dispatcher.resolve
    assert copy.deepcopy(dispatcher.resolve) is dispatcher.resolve
    assert "resolve" in repr(dispatcher.resolve)
    assert dispatcher.resolve.__name__ == "resolve"


def test_a_dispatcher_that_nobody_has_goes(make_dispatcher: MakeDispatcher) -> None:
    dispatcher = make_dispatcher()
    with up(dispatcher.targets.switch):
        dispatcher.resolve(len)
    gone = weakref.ref(dispatcher)
    del dispatcher
    gc.collect()
    assert gone() is None


def test_errors_of_what_is_asked_come_through(make_dispatcher: MakeDispatcher) -> None:
    def failing(callee: Any) -> Any:
        raise KeyError(callee)

    cached = functools.lru_cache(double)
    dispatcher = make_dispatcher(by_type={type(cached): failing})
    with up(dispatcher.targets.switch):
        for callee in (cached, types.MethodType(cached, 3)):
            with pytest.raises(KeyError):
                dispatcher.resolve(callee)


def test_callables_of_a_library_are_replaced_whenever_it_gets_a_row(make_dispatcher: MakeDispatcher) -> None:
    dispatcher = make_dispatcher(libraries=Libraries({"random": no_rows}))
    generator, other = random.Random(1), random.Random(2)
    with up(dispatcher.targets.switch):
        for _ in range(3):
            assert dispatcher.resolve(generator.random).__self__ is generator
            assert dispatcher.resolve(generator.gauss) == generator.gauss
        kept = other.random
        dispatcher.targets.libraries.add(kept, Alias("Own.apply", len))
        dispatcher.register(random.Random.gauss, Alias("Gauss.apply", print))
        for _ in range(3):
            assert dispatcher.resolve(generator.random).__self__ is generator
            assert dispatcher.resolve(kept) is len
            assert dispatcher.resolve(generator.gauss) == types.MethodType(print, generator)  # type: ignore[arg-type]


def test_what_is_called_again_is_itself_once_it_is_converted(
    make_dispatcher: MakeDispatcher, fresh: dict[str, Any]
) -> None:
    dispatcher = make_dispatcher()
    shape = fresh["Shape"](1.0)
    with up(dispatcher.targets.switch):
        for _ in range(3):
            assert dispatcher.follow(shape) is shape
            assert dispatcher.follow(shape.area)() == 4.0
        assert is_linked(fresh["Shape"].area.__code__)
        later: dict[str, Any] = {"__name__": "fresh_functions"}
        exec(
            compile("def call(self, x):\n    return x * 3", in_a_file("def call(self, x):\n    return x * 3"), "exec"),
            later,
        )
        fresh["Shape"].__call__ = later["call"]
        assert not is_linked(later["call"].__code__)
        assert dispatcher.follow(shape)(2.0) == 6.0
        assert is_linked(later["call"].__code__)
