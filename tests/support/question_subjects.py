"""Questions that a Variable could answer otherwise than a float: each subject returns x times what the answer says."""

from __future__ import annotations

import datetime
import decimal
import fractions
import io
import json
import logging
import math
import operator
import random
import sqlite3
import statistics
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np

ANSWERED: dict[str, Callable[[float], float]] = {}
"""The derivative is the answer, which does not change near the point."""

REFUSED: dict[str, Callable[[float], Any]] = {}
"""A number is made that could not have a history."""

NUMERIC: dict[str, Callable[[float], float]] = {}
"""The derivative is what differences say."""

Subject = Callable[[float], Any]


def answered(function: Subject) -> Subject:
    ANSWERED[function.__name__] = function
    return function


def numeric(function: Subject) -> Subject:
    NUMERIC[function.__name__] = function
    return function


class Wrapped:
    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        return self.value * 2


class Filled:
    def __init__(self, level: float) -> None:
        self.level = level

    def __bool__(self) -> bool:
        if self.level > 1e6:
            return True
        is_other: Callable[[float], Any] = lambda level: level != 0  # noqa: E731
        return is_other(self.level) and self.level > 0.5


class Curve:
    data = 2.0

    def __init__(self) -> None:
        self.__at = math.sin

    def private(self, x: float) -> float:
        return self.__at(x)

    def scaled(self, x: float) -> float:
        return math.sqrt(x) * self.data * Curve.data


setattr(Curve, "__at", lambda self, x: x * 2.0)  # that of its own methods is `_Curve__at`
public: Any = lambda curve, x: curve.__at(x)  # noqa: E731
LINES = io.StringIO()
LOG = logging.getLogger("question_subjects")
LOG.addHandler(logging.StreamHandler(LINES))
LOG.setLevel(logging.INFO)
LOG.propagate = False

# -- identity ----------------------------------------------------------------------------------------------------------


@answered
def is_true(x: float) -> float:
    return x * (2 if (x > 0) is True else 3)


@answered
def is_not_false(x: float) -> float:
    return x * (2 if (x > 0) is not False else 3)


@answered
def truth_of_an_object(x: float) -> float:
    both = [bool(Filled(x)), not Filled(x / 1e6)]
    while Filled(x) and len(both) < 4:
        both.append(any([Filled(x)]))
    return x * sum(map(operator.truth, both)) if Filled(x) else 0.0


@answered
def true_is(x: float) -> float:
    return x * (2 if True is (x > 0) else 3)


@answered
def is_false(x: float) -> float:
    return x * (2 if (x < 0) is False else 3)


@answered
def is_a_name(x: float) -> float:
    expected = True
    return x * (2 if (x > 0) is expected else 3)


@answered
def is_itself(x: float) -> float:
    y = x
    return x * (2 if y is x else 3)


@answered
def a_function_s_answer(x: float) -> float:
    return x * (2 if math.isnan(x) is False else 3)


@answered
def closeness(x: float) -> float:
    return x * (2 if math.isclose(x, x) is True else 3)


@answered
def by_operator(x: float) -> float:
    return x * (2 if operator.is_(x > 0, True) and operator.is_not(x > 0, False) else 3)


@answered
def of_a_chain(x: float) -> float:
    return x * (2 if (0 < x < 5) is True else 3)


@answered
def of_a_conjunction(x: float) -> float:
    return x * (2 if (x > 1 and x < 5) is True else 3)


@answered
def in_a_chain(x: float) -> float:
    yes = x > 0
    return x * (2 if yes is True is (x > 1) else 3)


@answered
def three_states(x: float) -> float:
    flag = x > 1
    return x * (2 if flag is True else 4 if flag is False else 5)


@answered
def asserted(x: float) -> float:
    assert (x > 1) is True
    return x * 2


@answered
def loop(x: float) -> float:
    n = 0
    while (x + n < 5) is True:
        n += 1
    return x * n


@answered
def comprehension(x: float) -> float:
    return sum(x for v in (1.0, 2.0, 3.0) if (v < x) is True) + x


@answered
def matched(x: float) -> float:
    match x > 1:
        case True:
            return x * 3
        case False:
            return -x


@answered
def matched_in_a_pair(x: float) -> float:
    match (x > 1, x < 0):
        case (True, False):
            return x * 3
        case _:
            return -x


@answered
def matched_in_a_mapping(x: float) -> float:
    match {"a": x > 1}:
        case {"a": True | None}:
            return x * 3
        case _:
            return -x


@answered
def one_is_not_true(x: float) -> float:
    match 1:
        case True:
            return x
        case _:
            return x * 5


@answered
def matched_classes(x: float) -> float:
    match complex(x, 1.0), x:
        case complex(), int():
            return x
        case complex(), float(value):
            return value * 2
        case _:
            return x * 3


# -- attributes --------------------------------------------------------------------------------------------------------


@answered
def data_by_default(x: float) -> float:
    return getattr(x, "data", x * 7)


@answered
def sqrt_if_there(x: float) -> float:
    return x.sqrt() if hasattr(x, "sqrt") else x * 3  # type: ignore[attr-defined]


@answered
def a_name_that_fails(x: float) -> float:
    try:
        x.name  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError as error:
        return x * len(str(error))
    return x


@answered
def a_method_that_fails(x: float) -> float:
    try:
        return x.exp()  # type: ignore[attr-defined, no-any-return]
    except AttributeError:
        return x * 11


@answered
def set_attribute_that_fails(x: float) -> float:
    try:
        x.name = "x"  # type: ignore[attr-defined]
    except AttributeError as error:
        return x * len(str(error))
    return x


@answered
def names_in_a_loop(x: float) -> float:
    names = "data name grad derivative sqrt exp rint history label backward unique_id place code".split()
    return x * (1 + sum(getattr(x, name, None) is not None for name in names))


@answered
def all_attributes(x: float) -> float:
    return x * len([name for name in dir(x) if name[0] != "_"])


@answered
def written_exactly(x: float) -> float:
    return x * len(x.hex())


# -- arrays ------------------------------------------------------------------------------------------------------------


@answered
def dtype(x: float) -> float:
    array = np.array([x, 1.0])
    return float(array[0] * (2 if array.dtype == np.float64 and array.dtype.kind == "f" else 3))


@answered
def dtype_hierarchy(x: float) -> float:
    return x * (2 if np.issubdtype(np.asarray(x).dtype, np.floating) else 3)


@answered
def dtype_of_another_array(x: float) -> float:
    array = np.array([x, 1.0])
    other = np.zeros(2, dtype=array.dtype)
    other[0] = array[0] * 4
    return float(other[0])


@answered
def dtype_limits(x: float) -> float:
    array = np.array([x, 1.0])
    return x * (2 if np.finfo(array.dtype).eps < 1e-10 else 3)


# -- numbers -----------------------------------------------------------------------------------------------------------


@numeric
def a_private_name_beside_a_public_one(x: float) -> float:
    return public(Curve(), x) + Curve().private(x)  # type: ignore[no-any-return]


@numeric
def an_object_s_float(x: float) -> float:
    return float(Wrapped(x)) * math.sin(Wrapped(x)) + Wrapped(x).__float__()


@answered
def an_object_s_floor(x: float) -> float:
    return (math.floor(Wrapped(x + 0.2)) + math.ceil(Wrapped(x + 0.2))) * x


@answered
def fractions_compared(x: float) -> float:
    half = fractions.Fraction(1, 2)
    return x * ((half < x) + 2 * (half <= x) + 4 * (half > x) + 8 * (half == x) + 16 * (x >= half))


@numeric
def fractions_combined(x: float) -> float:
    return fractions.Fraction(1, 2) + x * fractions.Fraction(3, 2) - fractions.Fraction(1, 3) ** x


@numeric
def distribution(x: float) -> float:
    return statistics.NormalDist(x, 2.0).cdf(1.0) + statistics.NormalDist(0.5, x).pdf(1.0)


@numeric
def complex_of_parts(x: float) -> float:
    return abs(complex(x, x * x))


# -- where no number comes back ----------------------------------------------------------------------------------------


@answered
def paused(x: float) -> float:
    time.sleep(x * 1e-6)
    return x * 2


@answered
def dates(x: float) -> float:
    return x * len(time.strftime("%Y", time.gmtime(x)) + time.ctime(x))


@answered
def logged(x: float) -> float:
    LINES.seek(0)
    LINES.truncate()
    LOG.info("x is %f %r %s", x, x, [x])
    LOG.info("x is %(a)f", {"a": x})
    return x * len(LINES.getvalue())


@answered
def seeded(x: float) -> float:
    random.seed(x)
    return x * random.random()


@answered
def truth_as_json(x: float) -> float:
    return x * len(json.dumps([x > 1]))


# -- refused -----------------------------------------------------------------------------------------------------------

REFUSED.update(
    decimal=lambda x: float(decimal.Decimal(x)),
    decimal_from_float=lambda x: float(decimal.Decimal.from_float(x)),
    fraction=lambda x: float(fractions.Fraction(x)),
    time_span=lambda x: datetime.timedelta(seconds=x).total_seconds(),
    time_span_multiplied=lambda x: (x * datetime.timedelta(seconds=1)).total_seconds(),
    time_span_divided=lambda x: (datetime.timedelta(seconds=1) / x).total_seconds(),
    date=lambda x: datetime.datetime.fromtimestamp(x).timestamp(),
    packed=lambda x: struct.unpack("d", struct.pack("d", x))[0],
    database=lambda x: sqlite3.connect(":memory:").execute("select ?", (x,)).fetchone()[0],
)
