"""Expressions of random programs with habits of code that was not written for derivatives.

A template has holes, `$number`, which any template of that kind may fill, `$number0` one without holes. Numbers that
have names are `a`, `b`, `c`, a list of numbers is `xs`, a dict of numbers `table`, a text `s`.
"""

from __future__ import annotations

import textwrap

__all__ = ["EXPRESSIONS", "LEAVES"]


def lines(text: str) -> list[str]:
    """The templates of a text, one a line."""
    return textwrap.dedent(text).strip().splitlines()


LEAVES: dict[str, list[str]] = {
    "literal": "0.5 1.0 2.0 3.0 -1.5 0.1 2 1 10.0 0.0".split(),
    "positive": "0.5 1.0 2.0 3 0.25".split(),
    "digit": "0 1 2".split(),
    "index": "0 0 -1 1 2 7".split(),
    "times": "2 3 4".split(),
    "order": "< < <= > > >= == !=".split(),
    "key": ["'k'", "'u'", "1", "1.0", "True", "None", "$simple", "round($simple, 1)", "int($simple)", "(1, $simple)"],
    "class": "float int complex (int,float) numbers.Number numbers.Real str bool float|int".split(),
    "error": [
        *"ValueError TypeError ZeroDivisionError KeyError Exception ArithmeticError IndexError OverflowError".split(),
        *"AttributeError Refused (TypeError,ValueError) (KeyError,IndexError,Refused)".split(),
        "(ArithmeticError,LookupError)",
    ],
    "raised": "ValueError TypeError ZeroDivisionError KeyError Refused Refused IndexError RuntimeError".split(),
    "spec": ".2f .3f g .3g .1e +.1f 8.2f .0f .6g >9 % ".split(),
    "percent": "%.2f %s %r %g %d %e %5.1f %i %.3g".split(),
    "attribute": "data name grad derivative label sqrt exp rint value real is_integer history".split(),
}

EXPRESSIONS: dict[str, list[str]] = {
    "simple": lines("""
        $number0
        $number0
        $number0 * 2
        $number0 + $number0
        -$number0
    """),
    "number": lines("""
        $number + $number
        $number + $number
        $number - $number
        $number * $number
        $number * $number
        $number * $literal
        $number / $number
        $number / ($number ** 2 + 1.0)
        $number ** 2
        $number ** -1
        -$number
        abs($number)
        math.sin($number)
        math.cos($number)
        math.tanh($number)
        math.atan($number)
        math.exp(-abs($number))
        math.exp($number)
        math.sqrt($number)
        math.sqrt(abs($number) + 0.1)
        math.log($number)
        math.hypot($number, $number)
        math.atan2($number, $number)
        math.fmod($number, $positive)
        math.copysign($number, $number)
        math.asin($number)
        math.gamma($number)
        math.pow(abs($number), $positive)
        math.fsum([$number, $number, $literal])
        math.fsum(xs)
        math.prod(xs[:3])
        math.dist((a, b), (c, $literal))
        math.radians($number)
        math.ldexp($number, 1)
        math.frexp($number)[0]
        math.modf($number)[0]
        min($number, $number)
        max($number, $number)
        max(a, b, c, key=abs)
        min(xs, key=lambda v: (v - $simple) ** 2)
        max(xs, default=$literal)
        sum(xs)
        sum(v * $simple for v in xs if $flag)
        sum([$number, $number], $literal)
        sum(map(math.sin, xs))
        sum(v for v in xs if v > $simple)
        sum(table.values())
        sorted(xs)[$index]
        sorted(xs, key=lambda v: -v)[0]
        sorted([a, b, c], reverse=True)[1]
        xs[$index]
        xs[$index]
        xs[int(a) % 3]
        xs[bisect.bisect([-1.0, 0.5, 2.0], $number) % 2]
        table.get($key, $number)
        table[$key]
        table.setdefault($key, $number)
        float($number)
        float("%.2f" % $number)
        float(str($number))
        float(f"{$simple:$spec}")
        float($text)
        float.fromhex(($number0 * 1.0).hex())
        int($number)
        int("%d" % $number)
        round($number)
        round($number, $digit)
        $number // $positive
        $number % $positive
        divmod($number, $positive)[$digit]
        math.floor($number)
        math.ceil($number) * $number
        math.trunc($number)
        len($text) * $number
        len(xs) + $number
        len({a, b, $literal}) * $number
        $number if $flag else $number
        $number if $flag else $number
        ($number) * ($flag)
        ($flag) + ($flag)
        $number or $number
        $number and $number
        getattr($number, "$attribute", $number)
        getattr(BOX, "value", $number)
        ($number).real
        ($number).imag + $number
        ($number).conjugate()
        ($number).__add__($number)
        float.__mul__(float($number), $literal)
        (lambda v, w=$literal: v * w + a)($number)
        (lambda *args, **kwargs: sum(args) + sum(kwargs.values()))($number, k=$number)
        functools.reduce(operator.mul, xs[:3], $number)
        functools.reduce(lambda p, q: p * 0.5 + q, xs, $literal)
        functools.partial(math.hypot, $number)($number)
        operator.add($number, $number)
        operator.itemgetter($digit)(xs)
        next(v for v in xs if v > $simple)
        next((v for v in xs if $flag), $number)
        [v * v for v in xs][$index]
        {k: v for k, v in zip("kuv", xs)}["k"]
        list(itertools.accumulate(xs))[-1]
        list(zip(xs, [a, b]))[0][1]
        copy.copy($number)
        copy.deepcopy([$number, [c]])[1][0]
        pickle.loads(pickle.dumps([$number, 1]))[0]
        complex($number, $literal).real
        abs(complex($number, $number))
        statistics.mean([a, b, $number])
        random.Random(7).uniform($number, $number)
        float(numpy.dot([a, b], [$number, $literal]))
        float(numpy.array([a, $number]).sum())
        float(numpy.sqrt(abs($number)))
        float(numpy.array([$number, 1.0])[0] * 2)
        float(numpy.mean([a, b, $number]))
        float(numpy.clip($number, -1.0, 1.0))
        float(numpy.array([a, b]).max())
        float(numpy.where(numpy.array([a, b]) > $literal, 1.0, 2.0).sum())
        numpy.float64($number).item()
        ast.literal_eval(repr($number))
        float(json.loads(json.dumps({"k": $number}))["k"])
        fractions.Fraction(1, 2) * $number
        struct.unpack("d", struct.pack("d", $number))[0]
        float(decimal.Decimal($number))
        CONFIG["scale"] * $number
        TOTAL + $number
        COUNT * $number
        BOX.value * $number
        (BOX.value if $flag else $number)
        LOG[-1] if LOG and isinstance(LOG[-1], float) else $number
        len(LOG) * $number
        (c := $number)
    """),
    "flag": lines("""
        $number $order $number
        $number > $literal
        $number < $literal
        $literal < $number < $number
        $number <= $number != $literal
        ($number > $literal) is True
        ($number > $number) is False
        ($number < $literal) is not True
        True is ($number > $literal)
        ($number == $number) is False
        bool($number) is True
        not $number
        not $flag
        $flag and $flag
        $flag or $flag
        ($flag) == ($flag)
        ($flag) is ($flag)
        ($flag) != ($flag)
        ($flag) in (True, None)
        $number in xs
        $number not in (1.0, 2.0)
        $number in {0.5, 1.0}
        $key in table
        isinstance($number, $class)
        isinstance($flag, $class)
        type($number) is float
        type($number) in (int, float)
        type($number) == type($literal)
        type($number).__name__ == "float"
        ($number).__class__ is float
        hasattr($number, "$attribute")
        hasattr($number, "__len__")
        callable($number)
        math.isnan($number) is False
        math.isfinite($number)
        math.isclose($number, $number) is True
        math.isclose($number, $literal, rel_tol=1e-3)
        float($number).is_integer()
        a is a
        a is b
        None is $number
        $number == None
        all(v > $simple for v in xs)
        any(v == $simple for v in xs)
        any(isinstance(v, float) for v in xs)
        all(map(math.isfinite, xs))
        xs == sorted(xs)
        xs < [a, b]
        (a, b) < (b, c)
        (a, 1) == (a, 1)
        table == {"k": a}
        len(set(xs)) == len(xs)
        str($number).endswith(".0")
        "e" in $text
        $text == $text
        $text.startswith("-")
        repr($number) == str($number)
        issubclass(type($number), float)
        numpy.array([a, $number]).dtype == numpy.float64
        numpy.array([a, 1.0]).dtype.kind == "f"
        numpy.issubdtype(numpy.array([a]).dtype, numpy.floating)
        numpy.isscalar($number)
        numpy.asarray(xs).shape == (3,)
        numpy.ndim($number) == 0
        bool(numpy.allclose([a, b], [a, c]))
        bool(numpy.isnan($number))
        xs is xs
        operator.lt($number, $number)
        operator.is_($number > $literal, True)
        hash(($simple, 1)) == hash(($simple, 1))
        id(a) == id(a)
        MODE is Mode.FAST
        Mode($flag) is Mode.FAST
        {True: "yes", False: "no"}[$flag] == "yes"
        ("no", "yes")[$flag] == "yes"
    """),
    "text": lines("""
        f"{$simple:$spec}"
        f"{$simple}"
        f"{$simple!r:>8}"
        f"{$simple=}"
        f"{$simple:.{1}f}/{a > b}"
        f"{[a, $simple]}"
        f"{($simple, 1)!r}"
        str($number)
        repr($number)
        str($flag)
        "$percent" % $number
        "$percent" % ($number,)
        "$percent/$percent" % ($number, $number)
        "%(k)s" % {"k": $number}
        "{:$spec}".format($number)
        "{0!r}{1}".format($number, $flag)
        "{k:.2f}".format(k=$number)
        format($number, ".2f")
        format($flag, "")
        ",".join(str(v) for v in xs)
        ";".join(map("{:.2f}".format, xs))
        $text + $text
        ($text)[:3]
        $text.strip().upper()
        s
        s + $text
        str([a, b])
        str({"k": $number})
        repr((a, $flag))
        ascii($number)
        type($number).__name__
        json.dumps([$flag, "k"])
        json.dumps($number)
        str(numpy.array([a, 1.0]).dtype)
        ($number).__repr__()
        str(round($number, 2))
        str(int($number)).zfill(3)
    """),
    "any": [
        "$number",
        "$number",
        "$number",
        "$text",
        "$flag",
        "[$number, $number]",
        "($text, $number)",
        "{$key: $number}",
        "{$literal, $number}",
        "None",
        "list(xs)",
        "dict(table)",
        "BOX",
    ],
}
