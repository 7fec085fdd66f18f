"""Compiled functions depend on what a run has read, and on nothing else: no stale result, no needless recording."""

from __future__ import annotations

import pathlib
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import pytest
from surroundings import CASES, CLOSED_ITEMS, SET_RATE, Body, E, environment, with_default

import minitorch
from minitorch.compiler import specialization
from minitorch.compiler.function import CompilationWarning


@pytest.fixture
def recordings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What was recorded, while all that the functions read is made anew and put back."""
    recorded: list[Any] = []
    record_call = specialization.record_call

    def counting(*arguments: Any) -> Any:
        recorded.append(arguments)
        return record_call(*arguments)

    monkeypatch.setattr(specialization, "record_call", counting)
    vars(E).clear()
    vars(E).update(vars(environment()))
    E.module.rate = 2.0
    for name in ("scale", "table", "doubled"):
        monkeypatch.setattr(Body, name, vars(Body)[name])
    monkeypatch.setattr(Body, "table", dict(Body.table))
    monkeypatch.setattr(with_default, "__defaults__", ([2.0, 3.0],))
    SET_RATE(2.0)
    CLOSED_ITEMS[:] = [5.0, 6.0]
    yield recorded
    for name in ("mass", "made_up_name", "unread"):
        if name in vars(Body):
            delattr(Body, name)


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return a result as text, or the exception."""
    try:
        return repr(function(*arguments))
    except Exception as error:
        return type(error), str(error)


@pytest.mark.usefixtures("only_traces")
@pytest.mark.parametrize("mode", ["value", "gradient", "jvp"])
@pytest.mark.parametrize("name", CASES)
def test_what_was_read_counts(name: str, mode: str, recordings: list[Any]) -> None:
    function, unread, read = CASES[name]
    compiled = minitorch.compile(function)
    plain: Any = function
    if mode == "gradient":
        compiled, plain = compiled.value_and_grad, minitorch.value_and_grad(function)
    elif mode == "jvp":
        of_compiled = compiled.jvp
        compiled, plain = (
            lambda x: of_compiled((x,), (1.0,)),
            lambda x: minitorch.jvp(function, (x,), (1.0,)),
        )

    def agrees() -> None:
        for x in (1.5, 2.5, 1.5):
            assert outcome(compiled, x) == outcome(plain, x)

    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        agrees()
        known = len(recordings)
        # The first ones may load what they need.
        assert 1 <= known <= 3
        for change in unread:
            change()
            agrees()
            assert len(recordings) == known
        for change in read:
            change()
            agrees()


def test_equal_numbers_in_other_places_are_kept_alive(recordings: list[Any]) -> None:
    """What replaces an equal number may stand where that one stood, which is free by then."""
    compiled = minitorch.compile(lambda x: x * E.numbers[0])
    for step in range(300):
        E.numbers[0] = float(f"{step // 3}.5")
        if step % 3 != 2:
            assert compiled(2.0) == 2.0 * E.numbers[0]
        del step


def test_changes_by_the_run_itself_stay_in_python(recordings: list[Any]) -> None:
    def writing(x: float) -> float:
        E.queue.append(x)
        return x * 2.0

    compiled = minitorch.compile(writing)
    with pytest.warns(CompilationWarning, match="it changes the global 'E', its attribute 'queue', which it reads"):
        assert [compiled(float(x)) for x in range(3)] == [0.0, 2.0, 4.0]
    assert E.queue == [1.0, 2.0, 0.0, 1.0, 2.0]


WRITES: dict[str, tuple[Callable[[float], Any], Callable[[], Any]]] = {
    "attribute": (lambda x: setattr(E.body, "last", x), lambda: E.body.last),
    "attribute by name": (lambda x: E.body.__setattr__("last", x), lambda: E.body.last),
    "key": (lambda x: E.config.__setitem__("last", x), lambda: E.config["last"]),
    "array": (lambda x: E.array.__setitem__(0, len(E.deque.append(x) or E.deque)), lambda: E.array[0]),
    "set": (lambda x: E.names.add(len(E.names)), lambda: sorted(map(str, E.names))),
    "user dict": (lambda x: E.user.update(last=x), lambda: E.user["last"]),
    "counter": (lambda x: setattr(Body, "scale", Body.scale + 1.0), lambda: Body.scale),
    "queue": (lambda x: E.queue.pop() if E.queue else None, lambda: E.queue),
}


@pytest.mark.parametrize("name", WRITES)
def test_what_a_run_writes_is_written_at_every_call(name: str, recordings: list[Any]) -> None:
    write, read = WRITES[name]
    compiled = minitorch.compile(lambda x: (write(x), x * 2.0)[1])
    written = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompilationWarning)
        for x in (1.0, 2.0, 3.0):
            assert compiled(x) == x * 2.0
            written.append(repr(read()))
    vars(E).update(vars(environment()))
    Body.scale = 2.0
    for x, expected in zip((1.0, 2.0, 3.0), written, strict=True):
        write(x)
        assert repr(read()) == expected


def test_what_the_run_makes_itself_is_nobodys(recordings: list[Any]) -> None:
    def making(x: float, **options: float) -> float:
        options.setdefault("rate", 2.0)
        counts: dict[str, int] = {}
        for name in ("a", "b", "a"):
            counts[name] = counts.get(name, 0) + 1
        body = Body(x)
        body.mass, body.extra = body.mass * 2.0, [1.0]
        body.extra.append(counts["a"])
        vars(body).update(more=1.0)
        cells = numpy.zeros(3)
        cells[1] = 4.0
        rows = [[1.0], [2.0]]
        max(rows).append(3.0)
        return body.mass * sum(body.extra) * options.pop("rate") * float(cells.sum()) * len(rows[1]) * body.more

    compiled = minitorch.compile(making)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        for x in (1.0, 2.0, 3.0):
            assert compiled(x) == making(x)
    # A first call may load what numpy needs.
    assert len(recordings) <= 2


def test_what_an_import_does_is_no_obstacle(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "late_rates.py").write_text("import typing\n@typing._tp_cache\ndef rate(x): return 3.0\n")
    monkeypatch.syspath_prepend(tmp_path)

    def importing(x: float) -> Any:
        import late_rates

        return numpy.sum(numpy.array([x, 1.0])) * late_rates.rate(1)

    compiled = minitorch.compile(importing)
    # It is done again by Python, which is right where the run itself has changed nothing.
    assert [type(compiled(x)) for x in (1.0, 2.0, 3.0)] == [numpy.float64] * 3


def test_what_is_dearer_to_compare_than_to_run_is_said_once() -> None:
    array = numpy.zeros(4_000_000)
    compiled = minitorch.compile(lambda x: x * float(array.ctypes is None) + x * len(array.data))
    with pytest.warns(CompilationWarning, match="comparing what it reads takes longer") as caught:
        assert [compiled(2.0) for _ in range(3)] == [8_000_000.0] * 3
    assert len(caught) == 1
    assert __file__ in str(caught[0].message)


def test_weak_references(recordings: list[Any]) -> None:
    reference = weakref.ref(E.body)
    compiled = minitorch.compile(lambda x: x * reference().mass)  # type: ignore[union-attr]
    assert compiled(2.0) == 6.0
    E.body.mass = 5.0
    assert compiled(2.0) == 10.0
