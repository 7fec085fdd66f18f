"""Statements of random programs with habits; holes and names are those of expressions."""

from __future__ import annotations

import textwrap

__all__ = ["LOOP_STATEMENTS", "STATEMENTS"]


def blocks(text: str) -> list[str]:
    """The templates of a text, which are more than one line each and stand apart."""
    return [block.strip("\n") for block in textwrap.dedent(text).strip().split("\n\n")]


STATEMENTS = [
    *4 * ["a = $number", "b = $number", "c = $number", "a, b = $number, $number", "LOG.append($any)"],
    *2
    * [
        "xs.append($number)",
        "table[$key] = $number",
        "if $flag:\n    $block",
        "if $flag:\n    $block\nelse:\n    $block",
    ],
    *3 * ["try:\n    $block\nexcept $error:\n    $block", "with contextlib.suppress($error):\n    $block"],
    *blocks("""
    a += $number

    b *= $number

    c -= $number

    b /= $number

    c //= $positive

    a **= 2

    xs[$index] = $number

    xs[$index] += $number

    xs[0], xs[-1] = xs[-1], $number

    xs.sort()

    xs = sorted(xs, key=lambda v: v * $simple)

    xs.insert(0, $number)

    b = xs.pop()

    xs.extend([$number, $number])

    xs += [$number]

    xs = [v * $simple for v in xs if $flag]

    xs = list(map(lambda v: v + $simple, xs))

    xs = [a, b, c]

    table[$key] = table.get($key, 0.0) + $number

    table.update(k=$number, u=a)

    table.pop($key)

    del table[$key]

    a = table.pop("k", $number)

    a, *xs = [$number, $number, b]

    a = b = $number

    s += $text

    s = $text

    print($any)

    print($text, $number, sep="|")

    TOTAL += $number

    COUNT += 1

    BOX.value = $number

    BOX.value += $number

    BOX.items.append($number)

    setattr(BOX, "value", $number)

    CONFIG["last"] = $number

    CONFIG["scale"] *= 1.5

    CONFIG.setdefault("seen", []).append($number)

    LOG.append(($text, $number))

    LOG.append(repr($any))

    LOG[-1:] = [$number]

    MODE = Mode.FAST if $flag else Mode.SLOW

    assert $flag, $text

    if $flag:
        $block
    elif $flag:
        $block
    else:
        $block

    if $flag:
        return $number

    if $flag:
        raise $raised($text)

    if $flag:
        raise $raised($number)

    for i in range($times):
        $loop

    for c in list(xs)[:3]:
        $loop
    else:
        $block

    for k, b in enumerate((a, $number)):
        $loop

    for k, c in list(table.items())[:3]:
        $loop

    n@ = 0
    while n@ < $times and $flag:
        n@ += 1
        $loop

    n@ = 0
    while True:
        n@ += 1
        if n@ > 3 or $flag:
            break
        $loop

    try:
        $block
    except $error as error:
        LOG.append(f"{type(error).__name__}: {error}")

    try:
        $block
    except $error as error:
        s = str(error)
        $block

    try:
        $block
    except $error:
        $block
    except:
        $block

    try:
        $block
    except $error as error:
        LOG.append(error.args)
    else:
        $block
    finally:
        $block

    try:
        $block
    finally:
        COUNT += 1

    try:
        $block
    except Exception:
        LOG.append("again")
        raise

    try:
        $block
    except $error as error:
        raise Refused($text, $number) from error

    match $flag:
        case True:
            $block
        case False:
            $block

    match ($flag, $flag):
        case (True, False) | (False, True):
            $block
        case _:
            $block

    match $number:
        case int():
            $block
        case float(c) if c > $simple:
            $block
        case _:
            $block

    match $number:
        case 0.0 | 1.0 | 2.0:
            $block
        case None | True:
            $block
        case bool():
            $block
        case c:
            $block

    match [$number, $text]:
        case [float(c), str(s)]:
            $block
        case [_, "k"] | {"k": _}:
            $block

    match {"k": $number, "flag": $flag}:
        case {"flag": True, "k": c}:
            $block
        case {"k": 1.0 | 2.0}:
            $block

    def inner(v=$number):
        nonlocal a
        a = v * $literal
        return a + b
    b = inner() + inner($number)

    def parts(v):
        yield v
        try:
            yield v / $number
        except ArithmeticError:
            yield $literal
        yield a
    b = sum(parts($number))

    each = [lambda v, k=k: v * k for k in (1.0, b)]
    c = sum(f(a) for f in each)
    """),
]
LOOP_STATEMENTS = [*STATEMENTS, *4 * ["if $flag:\n    break", "if $flag:\n    continue"]]
