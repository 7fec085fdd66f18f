"""Functions that read objects of C: each with what changes the object."""

from __future__ import annotations

import array
import collections
import csv
import ctypes
import io
import itertools
import mmap
import queue
import sqlite3
import struct
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

__all__ = ["SUBJECTS", "Subject", "subject"]

Subject = tuple[Callable[[float], float], Callable[[], Any]]
SUBJECTS: dict[str, Callable[[], Subject]] = {}


def subject(make: Callable[[], Subject]) -> Callable[[], Subject]:
    """Have a function that makes a subject in the table."""
    SUBJECTS[make.__name__] = make
    return make


class Rates(ctypes.Structure):
    _fields_ = [("rate", ctypes.c_double), ("count", ctypes.c_int)]


class PointsToRate(ctypes.Structure):
    _fields_ = [("count", ctypes.c_int), ("rate", ctypes.POINTER(ctypes.c_double))]


class RatesOrCount(ctypes.Union):
    _fields_ = [("rate", ctypes.c_double), ("count", ctypes.c_int)]


@subject
def structure() -> Subject:
    rates = Rates(2.0, 1)
    return (lambda x: x * rates.rate), (lambda: setattr(rates, "rate", rates.rate + 1.0))


@subject
def structure_in_a_list() -> Subject:
    held = [Rates(2.0, 1)]
    return (lambda x: x * held[0].rate), (lambda: setattr(held[0], "rate", held[0].rate + 1.0))


@subject
def union() -> Subject:
    rates = RatesOrCount(2.0)
    return (lambda x: x * rates.rate), (lambda: setattr(rates, "rate", rates.rate + 1.0))


@subject
def array_of_ctypes() -> Subject:
    rates = (ctypes.c_double * 3)(1.0, 2.0, 3.0)
    return (lambda x: sum(rate * x for rate in rates)), (lambda: rates.__setitem__(1, rates[1] + 1.0))


@subject
def pointer() -> Subject:
    rate = ctypes.c_double(2.0)
    to_rate = ctypes.pointer(rate)
    return (lambda x: x * to_rate.contents.value), (lambda: setattr(rate, "value", rate.value + 1.0))


@subject
def pointer_in_a_structure() -> Subject:
    rate = ctypes.c_double(2.0)
    held = PointsToRate(1, ctypes.pointer(rate))
    return (lambda x: x * held.rate[0]), (lambda: setattr(rate, "value", rate.value + 1.0))


@subject
def pointer_in_an_array() -> Subject:
    rate = ctypes.c_double(2.0)
    held = (ctypes.POINTER(ctypes.c_double) * 1)(ctypes.pointer(rate))
    return (lambda x: x * held[0].contents.value), (lambda: setattr(rate, "value", rate.value + 1.0))


@subject
def structure_in_an_array() -> Subject:
    rate = ctypes.c_double(2.0)
    held = (PointsToRate * 1)(PointsToRate(1, ctypes.pointer(rate)))
    return (lambda x: x * held[0].rate[0]), (lambda: setattr(rate, "value", rate.value + 1.0))


@subject
def pointer_to_text() -> Subject:
    text = ctypes.create_string_buffer(b"12")
    held = ctypes.c_char_p(ctypes.addressof(text))
    return (lambda x: x * float(held.value or b"")), (lambda: setattr(text, "value", b"%d" % (int(text.value) + 1)))


@subject
def object_of_python() -> Subject:
    rates = [2.0]
    held = ctypes.py_object(rates)
    return (lambda x: x * held.value[0]), (lambda: rates.__setitem__(0, rates[0] + 1.0))


@subject
def mapped_memory() -> Subject:
    memory = mmap.mmap(-1, 16)
    memory[:8] = struct.pack("d", 2.0)

    def change() -> None:
        memory[:8] = struct.pack("d", struct.unpack("d", memory[:8])[0] + 1.0)

    return (lambda x: float(x * struct.unpack("d", memory[:8])[0])), change


@subject
def mapped_memory_by_a_method() -> Subject:
    memory = mmap.mmap(-1, 16)
    memory[0] = 2
    byte = memory.__getitem__
    return (lambda x: x * byte(0)), (lambda: memory.__setitem__(0, memory[0] + 1))


def database() -> Any:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE rates (rate REAL)")
    connection.execute("INSERT INTO rates VALUES (2.0)")
    return connection


@subject
def connection() -> Subject:
    opened = database()

    def f(x: float) -> float:
        return float(x * opened.execute("SELECT rate FROM rates").fetchone()[0])

    return f, (lambda: opened.execute("UPDATE rates SET rate = rate + 1.0"))


@subject
def cursor() -> Subject:
    opened = database()
    rows = opened.cursor()

    def f(x: float) -> float:
        rows.execute("SELECT rate FROM rates")
        return float(x * rows.fetchone()[0])

    return f, (lambda: opened.execute("UPDATE rates SET rate = rate + 1.0"))


@subject
def rows_of_a_query() -> Subject:
    opened = database()

    def f(x: float) -> float:
        return float(sum(rate * x for (rate,) in opened.execute("SELECT rate FROM rates")))

    return f, (lambda: opened.execute("INSERT INTO rates VALUES (3.0)"))


@subject
def method_of_a_connection() -> Subject:
    opened = database()
    execute = opened.execute

    def f(x: float) -> float:
        return float(x * execute("SELECT rate FROM rates").fetchone()[0])

    return f, (lambda: opened.execute("UPDATE rates SET rate = rate + 1.0"))


@subject
def attribute_of_an_element() -> Subject:
    root = ET.fromstring('<rates><rate value="2.0"/></rates>')

    def change() -> None:
        root[0].set("value", str(float(root[0].get("value", "")) + 1.0))

    return (lambda x: x * float(root.find("rate").get("value"))), change  # type: ignore[union-attr, arg-type]


@subject
def text_of_an_element() -> Subject:
    root = ET.fromstring("<rate>2.0</rate>")

    def change() -> None:
        root.text = str(float(root.text or "") + 1.0)

    return (lambda x: x * float(root.text or "")), change


@subject
def elements_of_an_element() -> Subject:
    root = ET.fromstring("<rates><rate/></rates>")
    return (lambda x: x * len(root)), (lambda: ET.SubElement(root, "rate"))


@subject
def method_of_an_element() -> Subject:
    root = ET.fromstring('<rate value="2.0"/>')
    get = root.get

    def change() -> None:
        root.set("value", str(float(root.get("value", "")) + 1.0))

    return (lambda x: x * float(get("value"))), change  # type: ignore[arg-type]


@subject
def array_of_floats() -> Subject:
    rates = array.array("d", [1.0, 2.0])
    return (lambda x: x * rates[1]), (lambda: rates.__setitem__(1, rates[1] + 1.0))


@subject
def method_of_an_array() -> Subject:
    rates = array.array("d", [1.0, 2.0])
    item = rates.__getitem__
    return (lambda x: x * item(1)), (lambda: rates.__setitem__(1, rates[1] + 1.0))


@subject
def bytes_that_change() -> Subject:
    rates = bytearray(b"\x02")
    return (lambda x: x * rates[0]), (lambda: rates.__setitem__(0, rates[0] + 1))


@subject
def view_of_memory() -> Subject:
    rates = array.array("d", [1.0, 2.0])
    view = memoryview(rates)
    return (lambda x: x * view[1]), (lambda: rates.__setitem__(1, rates[1] + 1.0))


@subject
def double_ended_queue() -> Subject:
    rates = collections.deque([1.0, 2.0, 3.0])
    return (lambda x: x * rates[0]), rates.rotate


@subject
def method_of_a_list() -> Subject:
    rates = [1.0, 2.0]
    item = rates.__getitem__
    return (lambda x: x * item(1)), (lambda: rates.__setitem__(1, rates[1] + 1.0))


@subject
def length_of_a_list() -> Subject:
    rates = [1.0, 2.0]
    length = rates.__len__
    return (lambda x: x * length()), (lambda: rates.append(1.0))


@subject
def method_that_takes_away() -> Subject:
    rates = [float(rate) for rate in range(100)]
    pop = rates.pop
    return (lambda x: x * pop()), (lambda: None)


@subject
def method_of_a_dict() -> Subject:
    rates = {"rate": 2.0}
    get = rates.get
    return (lambda x: x * get("rate", 0.0)), (lambda: rates.update(rate=rates["rate"] + 1.0))


@subject
def attribute_of_a_function() -> Subject:
    def settings() -> None: ...

    settings.rate = 2.0  # type: ignore[attr-defined]

    def change() -> None:
        settings.rate += 1.0  # type: ignore[attr-defined]

    return (lambda x: x * settings.rate), change  # type: ignore[attr-defined]


@subject
def queue_in_c() -> Subject:
    numbers: Any = queue.SimpleQueue()
    for number in range(100):
        numbers.put(float(number))
    return (lambda x: x * numbers.get()), (lambda: None)


@subject
def counting() -> Subject:
    numbers = itertools.count(1)
    return (lambda x: x * next(numbers)), (lambda: next(numbers))


@subject
def chained() -> Subject:
    numbers = itertools.chain(range(1, 3), range(100))
    return (lambda x: x * next(numbers)), (lambda: None)


@subject
def method_of_an_iterator() -> Subject:
    following = iter(range(1, 100)).__next__
    return (lambda x: x * following()), (lambda: None)


@subject
def file_on_disk() -> Subject:
    file = tempfile.TemporaryFile("w+")  # noqa: SIM115
    file.write("\n".join(map(str, range(100))))
    file.seek(0)
    return (lambda x: x * float(file.readline())), (lambda: None)


@subject
def text_in_memory() -> Subject:
    text = io.StringIO()
    text.write("1")
    return (lambda x: x * float(text.getvalue())), (lambda: text.write("1"))


@subject
def rows_of_text() -> Subject:
    rows = csv.reader(io.StringIO("\n".join(map(str, range(100)))))
    return (lambda x: x * float(next(rows)[0])), (lambda: None)
