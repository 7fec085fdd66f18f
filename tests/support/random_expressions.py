"""Random expressions over the rule table, and whether all roads agree on them.

The roads are plain floats, the operators of Scalars (where an expression needs no more), the decorator and the import
hook. Values and errors must be those of plain floats, to the last bit and the last letter; derivatives must not depend
on the road, and forward mode must give them, too.

    python -m tests.support.random_expressions 100000        checks that many, on all cores, and says what it saw
"""

from __future__ import annotations

import collections
import importlib
import itertools
import math
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

import minitorch

VARIABLES = ("a", "b", "c")
PER_MODULE = 1000
CONSTANTS = tuple(
    "0 1 2 3 -1 -2 7 0.0 -0.0 1.0 0.5 -0.5 1.5 -2.5 0.1 3.0 1e-3 -1e-3 1e3 1e-8 1e8 1e-160 -1e160 1e-300 1e300 5e-324 "
    "-1.7976931348623157e308 math.pi (10**20) (10**400) True".split()
)
SMALL = tuple(constant for constant in CONSTANTS if "**" not in constant)
POINTS = (
    *(0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 1e-8, -1e8, 1e-160, 1e160, 1e-300, -1e300, 5e-324),
    *(math.inf, -math.inf, math.nan),
)


def forms(text: str) -> tuple[str, ...]:
    """The lines of a text, in which `_` stands for an operand, and `^` for one that is not a large whole number."""
    lines = (line.strip() for line in text.strip().splitlines())
    return tuple(form.replace("_", "{}").replace("^", "{exponent}") for line in lines for form in line.split("  "))


OPERATORS = 4 * forms("(_ + _)  (_ - _)  (_ * _)  (_ / _)") + forms(
    """
    (_ // _)  (_ % _)  (_ ** ^)  (-_)  (+_)  abs(_)  pow(_, ^)  divmod(_, _)[0]  divmod(_, _)[1]
    (_ ** 2)  (_ ** -1)  (_ ** 0.5)  (2 ** ^)  round(_)  round(_, 1)  round(_, -1)  int(_)
    min(_, _)  max(_, _)  min(_, _, _)  max([_, _, _])  max(_, _, key=abs)  sorted([_, _, _])[1]
    (_ if _ < _ else _)  (_ if _ else _)  (_ < _)  (_ == _)  (_ < _ <= _)  (_ and _)  (_ or _)  (not _)
    operator.mul(_, _)  operator.truediv(_, _)  operator.pow(_, ^)  operator.neg(_)
    math.floor(_)  math.ceil(_)  math.trunc(_)  _.conjugate()  _.real
    (lambda t: t * t + _)(_)  functools.reduce(operator.sub, [_, _, _])
    """
)
"""What plain operators of Scalars can do."""

CALLS = (
    *(
        f"math.{name}({{}})"
        for name in (
            "exp expm1 log log2 log10 log1p sqrt cbrt exp2 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
            "degrees radians fabs ulp isnan isinf isfinite isnormal issubnormal signbit erf erfc gamma lgamma"
        ).split()
        if hasattr(math, name)
    ),
    *(
        f"math.{name}({{}}, {{}})"
        for name in "log pow atan2 hypot fmod fmax fmin remainder copysign nextafter isclose".split()
        if hasattr(math, name)
    ),
    *forms(
        """
        math.hypot(_, _, _)  math.dist((_, _), (_, _))  math.fsum([_, _, _])  math.prod([_, _, _])
        math.prod((_, _), start=_)  sum([_, _, _])  sum((_, _), _)  math.modf(_)[0]  math.modf(_)[1]
        math.frexp(_)[0]  math.frexp(_)[1]  math.ldexp(_, 3)  math.ldexp(_, round(_))  float(_)
        list(map(math.sin, [_, _]))[1]  sorted([_, _, _], key=math.atan)[0]  functools.partial(math.pow, _)(_)
        """
    ),
    *(forms("math.fma(_, _, _)") if hasattr(math, "fma") else ()),
    *(forms("math.sumprod([_, _], [_, _])") if hasattr(math, "sumprod") else ()),
)
"""What Scalars need rewritten code for."""

CLASSES = {"ComplexScalar": "complex", "Scalar": "float", "Indicator": "bool"}
"""How the classes of values with histories are called, and what they stand for."""

COMPLEX = "raises TypeError: must be a real number, not complex"
"""The error of a complex number, of which `ComplexResultError` says more than Python does: where it came from."""


class Expression(NamedTuple):
    """An expression, how many variables it has, and whether plain operators of Scalars do all of it."""

    text: str
    variables: int
    operators: bool


class Roads(NamedTuple):
    """The function of an expression as each road has it; without `operators` where those do not suffice."""

    plain: Callable[..., Any]
    operators: Callable[..., Any] | None
    decorator: Callable[..., Any]
    hook: Callable[..., Any]


class Disagreement(AssertionError):
    """Two roads differ."""


@dataclass(frozen=True)
class Traced:
    """What a road gives on Scalars: the value or the error as text, and the derivative by each variable."""

    value: str
    derivatives: tuple[str, ...] = ()


def random_expression(source: random.Random) -> Expression:
    """Write an expression of one to a dozen operations.

    >>> random_expression(random.Random(5)).variables
    3
    """
    variables, operators = source.randint(1, len(VARIABLES)), source.random() < 0.4
    known = OPERATORS if operators else OPERATORS + CALLS + CALLS

    def write(depth: int) -> str:
        if depth == 0 or source.random() < 0.1:
            return source.choice(VARIABLES[:variables] if source.random() < 0.75 else CONSTANTS)
        form = source.choice(known)
        operands = [write(depth - 1) for _ in range(form.count("{}"))]
        # A whole number's attributes need parentheses around it, and its powers would fill the memory.
        exponent = source.choice(VARIABLES[:variables] + SMALL)
        return form.format(*(f"({x})" for x in operands) if form.startswith("{}") else operands, exponent=exponent)

    return Expression(write(source.choice((1, 2, 2, 3, 3, 4))), variables, operators)


def module_text(expressions: Sequence[Expression]) -> str:
    """A module with a function for each expression, which has it in its second line.

    >>> print(module_text([Expression("(a + 1)", 1, True)]).splitlines()[-1])
        return (a + 1)
    """
    functions = [
        f"\n\ndef f{number}({', '.join(VARIABLES[: expression.variables])}):\n    return {expression.text}\n"
        for number, expression in enumerate(expressions)
    ]
    return "".join(["import functools\nimport math\nimport operator\n", *functions])


def on_all_roads(expressions: Sequence[Expression], name: str) -> Iterator[Roads]:
    """Write and import the module once for each road."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, f"{name}.py"), "w", encoding="utf-8") as file:
            file.write(module_text(expressions))
        sys.path.insert(0, folder)
        try:
            plain, decorated = _imported(name), _imported(name)
            with minitorch.install_import_hook([name]):
                hooked = _imported(name)
            for number, expression in enumerate(expressions):
                function = getattr(plain, f"f{number}")
                decorator = minitorch.trace(getattr(decorated, f"f{number}"))
                yield Roads(
                    function, function if expression.operators else None, decorator, getattr(hooked, f"f{number}")
                )
        finally:
            sys.path.remove(folder)


def _imported(name: str) -> ModuleType:
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    finally:
        sys.modules.pop(name, None)


def random_point(source: random.Random, plain: Callable[..., Any], variables: int) -> tuple[float, ...]:
    """Draw a point, preferably one at which the function has a value."""
    point: tuple[float, ...] = ()
    for _ in range(4):
        odd = source.random() < 0.2
        point = tuple(
            source.choice(POINTS) if odd and source.random() < 0.6 else source.uniform(-3.0, 3.0)
            for _ in range(variables)
        )
        if not outcome(plain, point).startswith("raises"):
            break
    return point


def exact(value: Any) -> str:
    """A plain value with its type, to the last bit.

    >>> exact(1.0), exact(1), exact(2j)
    ('0x1.0000000000000p+0', 'int 1', '0x0.0p+0 + 0x1.0000000000000p+1 j')
    """
    if type(value) is float:
        return value.hex()
    if type(value) is complex:
        return f"{value.real.hex()} + {value.imag.hex()} j"
    return f"{type(value).__name__} {value:x}"


def outcome(function: Callable[..., Any], arguments: Sequence[Any], use: Callable[[Any], object] = id) -> str:
    """What a call gives or raises, without its history; `use` is called with the value itself."""
    try:
        value = function(*arguments)
        use(value)
    except minitorch.ComplexResultError:
        return COMPLEX
    except (ArithmeticError, ValueError, TypeError) as error:
        # Where Python finds that no operand knows what to do, it names their classes.
        text = re.sub("|".join(CLASSES), lambda found: CLASSES[found[0]], str(error))
        refused = type(error) is TypeError and re.search(r"real number, not '?complex", text)
        return COMPLEX if refused else f"raises {type(error).__name__}: {text}"
    return exact(minitorch.detach(value))


def parts(value: Any) -> list[minitorch.Variable]:
    """The Variables in a result, of which a complex one may have two."""
    candidates: list[Any] = [value.real, value.imag] if value.__class__ is complex else [value]
    return [part for part in candidates if issubclass(type(part), minitorch.Variable)]


def traced(function: Callable[..., Any], point: Sequence[float]) -> Traced:
    """Run a function on Scalars and differentiate it: the sum of both parts, where it is complex."""
    leaves = [minitorch.Scalar(value) for value in point]
    values: list[Any] = []
    text = outcome(function, leaves, values.append)
    for value in values:
        for part in parts(value):
            part.backward()
    found = (0.0 if leaf.derivative is None else leaf.derivative for leaf in leaves)
    return Traced(text, tuple(derivative.hex() for derivative in found) if values else ())


def path_weights(function: Callable[..., Any], point: Sequence[float]) -> list[float] | None:
    """The sum of the magnitudes along all paths to each variable, which rounding errors are in proportion to.

    Returns:
        None where a product of partial derivatives, from either end on, is too large or too small for a float.
    """
    leaves = [minitorch.Scalar(value) for value in point]
    out = function(*leaves)
    order = minitorch.topological_sort(out) if issubclass(type(out), minitorch.Variable) else []
    steps = [(x.unique_id, x.history.backprop_step(1.0)) for x in order if x.history and not x.is_leaf()]
    edges = [(node, x.unique_id, abs(float(partial))) for node, shares in steps for x, partial in shares]
    from_output = _weights(edges, {order[0].unique_id} if order else set())
    turned = [(x, node, size) for node, x, size in reversed(edges)]
    from_inputs = _weights(turned, {leaf.unique_id for leaf in leaves})
    if from_output is None or from_inputs is None:
        return None
    return [from_output.get(leaf.unique_id, 0.0) for leaf in leaves]


def _weights(edges: Sequence[tuple[int, int, float]], starts: set[int]) -> dict[int, float] | None:
    weights = dict.fromkeys(starts, 1.0)
    for tail, head, size in edges:
        weight = weights.get(tail)
        if weight is None:
            continue
        share = weight * size
        if not (1e-280 < share < 1e280 or (share == 0 and 0 in (weight, size))):
            return None
        weights[head] = weights.get(head, 0.0) + share
    return weights


def check(expression: Expression, roads: Roads, point: tuple[float, ...]) -> str:
    """Compare all roads at a point, and say what kind of expression it was.

    Raises:
        Disagreement: two roads differ.
    """

    def same(what: str, actual: Any, expected: Any) -> None:
        if actual != expected:
            raise Disagreement(f"{what}: {actual}, expected {expected}")

    expected = outcome(roads.plain, point)
    same("decorator on floats", outcome(roads.decorator, point), expected)
    same("hook on floats", outcome(roads.hook, point), expected)
    seen = {road: traced(function, point) for road, function in roads._asdict().items() if function and road != "plain"}
    for road, result in seen.items():
        same(road, result.value, expected)
        same(f"{road}, derivatives", result.derivatives, seen["decorator"].derivatives)
    if expected.startswith("raises"):
        return "raise an error"
    if " " in expected:
        return "are complex, whole or true"
    weights = path_weights(roads.decorator, point)
    if weights is None:
        return "have derivatives beyond the range of floats"
    for index, weight in enumerate(weights):
        reverse = float.fromhex(seen["decorator"].derivatives[index])
        tangents = tuple(float(place == index) for place in range(len(point)))
        _, forward = minitorch.jvp(roads.decorator, point, tangents)
        if not abs(forward - reverse) <= 1e-12 * weight:
            same(f"forward mode by {VARIABLES[index]}", forward, reverse)
    return "have a derivative, which forward mode confirms"


def check_module(seed: int, count: int) -> tuple[collections.Counter[str], list[str]]:
    """Check a module of random expressions: how many there are of each kind, and all disagreements."""
    source = random.Random(seed)
    expressions = [random_expression(source) for _ in range(count)]
    kinds: collections.Counter[str] = collections.Counter()
    wrong = []
    for expression, roads in zip(expressions, on_all_roads(expressions, f"random_expressions_{seed}"), strict=True):
        point = random_point(source, roads.plain, expression.variables)
        try:
            kinds[check(expression, roads, point)] += 1
        except Exception as error:
            wrong.append(f"seed {seed}: {expression.text} at {point}: {type(error).__name__}: {error}")
        kinds["run on operators of Scalars, too"] += expression.operators
    return kinds, wrong


def main(count: int, first_seed: int) -> int:
    """Check so many expressions and print what was seen; the number of disagreements."""
    started = time.perf_counter()
    sizes = [min(PER_MODULE, count - done) for done in range(0, count, PER_MODULE)]
    kinds: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    # A process for each module: what is imported and converted stays until its process ends.
    with multiprocessing.get_context("spawn").Pool(maxtasksperchild=1) as pool:
        for seen, disagreements in pool.starmap(check_module, zip(itertools.count(first_seed), sizes), chunksize=1):
            kinds += seen
            wrong += disagreements
    for kind, number in kinds.most_common():
        print(f"{number:8} {kind}")
    seconds = time.perf_counter() - started
    print("\n".join([*wrong, f"{count} expressions, {len(wrong)} disagreements, {seconds:.0f} s"]))
    return len(wrong)


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(bool(main(*numbers, *(100_000, 0)[len(numbers) :])))
