"""Functions of the standard library that not every Python has, each beside what says the same without it."""

from __future__ import annotations

import builtins
import cmath
import functools
import heapq
import importlib
import itertools
import math
import operator
import random
import statistics
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

NAN = math.nan


class Case(NamedTuple):
    """A function of numbers, what it does by older means, and where both are looked at."""

    newer: Callable[..., Any]
    older: Callable[..., Any]
    points: tuple[tuple[float, ...], ...]


ANYWHERE = ((2.0,), (-0.75,))
PAIRS = ((2.0, 3.0), (3.0, -2.0), (2.0, 2.0))
MISSING = ((NAN, 2.0), (2.0, NAN))


class Reading:
    """An object that gives a number."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __float__(self) -> Any:
        return self.value


def cubed(base: Any) -> Any:
    """The third power."""
    return base**3


def largest_of_heap(x: Any, y: Any) -> Any:
    """All functions of heaps with the largest element first."""
    heap = [x, y, x * y]
    heapq.heapify_max(heap)
    heapq.heappush_max(heap, x + y)
    return heapq.heappop_max(heap) * 5.0 + heapq.heappushpop_max(heap, 1.0) * 3.0 + heapq.heapreplace_max(heap, 0.0)


def largest_of_sorted(x: Any, y: Any) -> Any:
    """The same by sorting."""
    values = sorted([x, y, x * y, x + y])
    first = values.pop() * 5.0
    values = sorted([*values, 1.0])
    second = values.pop() * 3.0
    return first + second + sorted(values)[-1]


def drawn(p: Any) -> Any:
    """Draw whole numbers with a probability that may have a history."""
    random.seed(7)
    return random.binomialvariate(40, p) * p


def drawn_plainly(p: Any) -> Any:
    """The same number, which is constant between jumps."""
    random.seed(7)
    return random.binomialvariate(40, 0.3 if p == 0.3 else 0.8) * p


def estimated(kernel: str) -> Callable[[Any, Any], Any]:
    """Return the density, and its integral, that a kernel estimates."""
    return lambda x, h: (
        statistics.kde([0.5, 1.25, 2.0], h, kernel)(x) + statistics.kde([x], h, kernel, cumulative=True)(1.25)
    )


def estimated_normally(x: Any, h: Any) -> Any:
    """The same for the normal kernel."""
    density = sum(math.exp(-(((x - v) / h) ** 2) / 2) / math.sqrt(2 * math.pi) for v in (0.5, 1.25, 2.0)) / (3 * h)
    return density + 0.5 * math.erfc((x - 1.25) / h / math.sqrt(2.0))


def estimated_logistically(x: Any, h: Any) -> Any:
    """The same for the logistic kernel."""
    density = sum(0.5 / (1.0 + math.cosh((x - v) / h)) for v in (0.5, 1.25, 2.0)) / (3 * h)
    return density + 1.0 - 1.0 / (math.exp((1.25 - x) / h) + 1.0)


CASES: dict[str, tuple[Case, ...]] = {
    "math.fmax": (
        Case(lambda x, y: math.fmax(x, y) * x, lambda x, y: max(x, y) * x, PAIRS),
        Case(lambda x, y: math.fmax(x, y) ** 2, lambda x, y: (x if y != y or x >= y else y) ** 2, PAIRS + MISSING),
        Case(lambda x: functools.reduce(math.fmax, [x, 1, x * x]), lambda x: max(x, 1.0, x * x), ANYWHERE),
    ),
    "math.fmin": (
        Case(lambda x, y: math.fmin(x, y) * x, lambda x, y: min(x, y) * x, PAIRS),
        Case(lambda x, y: math.fmin(x, y) ** 2, lambda x, y: (x if y != y or x <= y else y) ** 2, PAIRS + MISSING),
        Case(lambda x: sum(map(math.fmin, [x, 1], [0.5, x])), lambda x: min(x, 0.5) + min(1.0, x), ANYWHERE),
    ),
    "math.signbit": (
        Case(lambda x: -x if math.signbit(x) else x * x, lambda x: -x if x < 0 else x * x, ANYWHERE),
        Case(lambda x: math.signbit(x) + x, lambda x: (math.copysign(1.0, x) < 0) + x, (*ANYWHERE, (-0.0,), (0.0,))),
    ),
    "math.isnormal": (
        Case(lambda x: x * math.isnormal(x) + math.isnormal(x * 1e-300 * 1e-12), lambda x: x * 1.0, ANYWHERE),
    ),
    "math.issubnormal": (
        Case(lambda x: x * math.issubnormal(x * 1e-300 * 1e-12), lambda x: x * 1.0, ANYWHERE),
        Case(lambda x: x + math.issubnormal(x), lambda x: x + 0.0, (*ANYWHERE, (0.0,))),
    ),
    "math.fma": (Case(lambda x, y: math.fma(x, y, x), lambda x, y: x * y + x, PAIRS),),
    "math.sumprod": (Case(lambda x, y: math.sumprod([x, 2.0], (y, x)), lambda x, y: x * y + 2.0 * x, PAIRS),),
    "math.cbrt": (Case(lambda x: math.cbrt(x * x * x) * 1.0, lambda x: x * 1.0, ((2.0,), (-1.0,))),),
    "math.exp2": (Case(lambda x: math.exp2(x), lambda x: 2.0**x, ((2.0,), (-1.0,))),),
    "math.integer": (
        Case(
            lambda x: x * math.integer.comb(5, 2) + math.integer.gcd(int(x * 4), 6),
            lambda x: x * math.comb(5, 2) + math.gcd(int(x * 4), 6),
            ANYWHERE,
        ),
    ),
    "operator.call": (
        Case(lambda x: operator.call(math.sin, x), lambda x: math.sin(x), ANYWHERE),
        Case(lambda x: operator.call(cubed, base=x), lambda x: x**3, ANYWHERE),
        Case(lambda x: operator.call(lambda a, b: math.exp(a) * b, x, b=2.0), lambda x: math.exp(x) * 2.0, ANYWHERE),
    ),
    "operator.is_none": (
        Case(lambda x: 0.0 if operator.is_none(x) else x * x, lambda x: x * x, ANYWHERE),
        Case(lambda x: x * [*map(operator.is_none, [x, None])].count(True), lambda x: x * 1, ANYWHERE),
    ),
    "operator.is_not_none": (
        Case(lambda x: sum(filter(operator.is_not_none, [x, None, x * x])), lambda x: x + x * x, ANYWHERE),
    ),
    "itertools.batched": (
        Case(
            lambda x, y: sum(a * b for a, b in itertools.batched([x, y, 2.0, x], 2)),
            lambda x, y: x * y + 2.0 * x,
            PAIRS,
        ),
    ),
    "builtins.map": (
        Case(lambda x: sum(map(operator.mul, [x, x], [x, 3.0], strict=True)), lambda x: x * x + x * 3.0, ANYWHERE),
    ),
    "builtins.float.from_number": (
        Case(lambda x: float.from_number(x) ** 2, lambda x: x**2, ANYWHERE),
        Case(lambda x: sum(map(float.from_number, [x, 3, Fraction(1, 2)])) * x, lambda x: (x + 3.5) * x, ANYWHERE),
        Case(lambda x: float.from_number(Reading(x * x)), lambda x: x * x, ANYWHERE),
    ),
    "builtins.complex.from_number": (
        Case(lambda x: (complex.from_number(x) * 2j).imag * x, lambda x: (x * 2.0) * x, ANYWHERE),
        Case(lambda x: abs(complex.from_number(complex(x, x * x))), lambda x: abs(complex(x, x * x)), ANYWHERE),
        Case(lambda x: complex.from_number(Reading(x * x)).real, lambda x: x * x, ANYWHERE),
        Case(lambda x: cmath.exp(complex.from_number(x)).real, lambda x: cmath.exp(complex(x)).real, ANYWHERE),
    ),
    "builtins.int.is_integer": (Case(lambda x: x * (5).is_integer(), lambda x: x * 1, ANYWHERE),),
    "functools.Placeholder": (
        Case(lambda x: functools.partial(math.pow, functools.Placeholder, 3)(x), lambda x: math.pow(x, 3), ANYWHERE),
        Case(lambda x: functools.partial(pow, functools.Placeholder, x)(2.0), lambda x: 2.0**x, ANYWHERE),
    ),
    "functools.reduce": (
        Case(lambda x: functools.reduce(operator.mul, [x, 3.0], initial=x), lambda x: x * x * 3.0, ANYWHERE),
    ),
    **dict.fromkeys(
        (
            "heapq.heapify_max", "heapq.heappop_max", "heapq.heappush_max", "heapq.heappushpop_max",
            "heapq.heapreplace_max",
        ),
        (Case(largest_of_heap, largest_of_sorted, ((2.0, 3.0), (4.0, -2.0))),),
    ),
    "random.binomialvariate": (Case(drawn, drawn_plainly, ((0.3,), (0.8,))),),
    "statistics.kde": (
        Case(estimated("normal"), estimated_normally, ((1.5, 0.5), (1.0, 2.0))),
        Case(estimated("logistic"), estimated_logistically, ((1.5, 0.5), (1.0, 2.0))),
    ),
    "statistics.kde_random": (
        Case(
            lambda x: statistics.kde_random([x, x], h=0.5, seed=3)(),
            lambda x: x + (statistics.kde_random([0.0, 0.0], h=0.5, seed=3)()),
            ANYWHERE,
        ),
    ),
}  # fmt: skip
"""By the name of each function that is new since Python 3.10, or takes more than it did there."""

MORE_SINCE: dict[str, tuple[int, int]] = {"builtins.map": (3, 14), "functools.reduce": (3, 14)}
"""The Pythons since which older functions take more."""


def named(name: str) -> Any:
    """Return what a qualified name stands for, `None` where this Python has no such thing."""
    module, *attributes = name.split(".")
    thing: Any = importlib.import_module(module)
    for attribute in attributes:
        thing = getattr(thing, attribute, None)
    return thing


def is_here(name: str) -> bool:
    """Return whether this Python has a function, with all that its cases use."""
    return named(name) is not None and sys.version_info >= MORE_SINCE.get(name, (3, 10))


ABOUT_OTHER_THINGS: dict[str, str] = {
    "builtins.frozendict": "a dict, tested in test_newer_objects.py",
    "builtins.sentinel": "a name, tested in test_newer_objects.py",
}
"""New names that do nothing with numbers, or have a test elsewhere, with what they are."""

OLDER: dict[str, str] = {
    "builtins": (
        "abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex "
        "copyright credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr "
        "globals hasattr hash help hex id input int isinstance issubclass iter len license list locals map max "
        "memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice "
        "sorted staticmethod str sum super tuple type vars zip"
    ),
    "builtins.float": "as_integer_ratio conjugate fromhex hex imag is_integer real",
    "builtins.complex": "conjugate imag real",
    "builtins.int": (
        "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes"
    ),
    "cmath": (
        "acos acosh asin asinh atan atanh cos cosh e exp inf infj isclose isfinite isinf isnan log log10 nan nanj "
        "phase pi polar rect sin sinh sqrt tan tanh tau"
    ),
    "functools": (
        "WRAPPER_ASSIGNMENTS WRAPPER_UPDATES cache cached_property cmp_to_key lru_cache partial partialmethod reduce "
        "singledispatch singledispatchmethod total_ordering update_wrapper wraps"
    ),
    "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    "itertools": (
        "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse "
        "groupby islice pairwise permutations product repeat starmap takewhile tee zip_longest"
    ),
    "math": (
        "acos acosh asin asinh atan atan2 atanh ceil comb copysign cos cosh degrees dist e erf erfc exp expm1 fabs "
        "factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma log "
        "log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt tan tanh tau trunc ulp"
    ),
    "operator": (
        "abs add and_ attrgetter concat contains countOf delitem eq floordiv ge getitem gt iadd iand iconcat "
        "ifloordiv ilshift imatmul imod imul index indexOf inv invert ior ipow irshift is_ is_not isub itemgetter "
        "itruediv ixor le length_hint lshift lt matmul methodcaller mod mul ne neg not_ or_ pos pow rshift setitem "
        "sub truediv truth xor"
    ),
    "random": (
        "Random SystemRandom betavariate choice choices expovariate gammavariate gauss getrandbits getstate "
        "lognormvariate normalvariate paretovariate randbytes randint random randrange sample seed setstate shuffle "
        "triangular uniform vonmisesvariate weibullvariate"
    ),
    "statistics": (
        "NormalDist StatisticsError correlation covariance fmean geometric_mean harmonic_mean linear_regression mean "
        "median median_grouped median_high median_low mode multimode pstdev pvariance quantiles stdev variance"
    ),
}
"""The public names of modules and classes in Python 3.10, the oldest that this project knows."""


def public_names(owner: Any) -> set[str]:
    """Return the names of a module or class that are for everybody, of `builtins` without exceptions and constants."""
    names = {name for name in getattr(owner, "__all__", dir(owner)) if not name.startswith("_")}
    # Others put names among Python's own: IPython its `display`.
    own = (name for name in names if name[0].islower() and getattr(owner, name).__module__ == owner.__name__)
    return set(own) if owner is builtins else names
