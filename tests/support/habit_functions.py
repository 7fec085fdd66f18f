"""Functions with habits, which random programs are made of, each with templates of how it is used.

`#` is a number that tells definitions apart, `$number` a hole (see `habit_expressions`).
"""

from __future__ import annotations

__all__ = ["FUNCTIONS"]

FUNCTIONS = r"""
def plain#(v, w=1.0):
    return $number * w + $number
use number: plain#($number)
use number: plain#($number, w=$number)

def checked#(v):
    if $flag:
        raise Refused(f"{v} is refused")
    return $number
use number: checked#($number)
use statement: try:\n    c = checked#($number)\nexcept Refused as error:\n    LOG.append(str(error))

def refusing#(v):
    if not isinstance(v, $class):
        raise TypeError(f"{type(v).__name__} {v!r} is refused")
    if v $order $literal:
        raise ValueError("%s is out of range" % v)
    return $number
use number: refusing#($number)

MEMO# = {}
def memo#(v):
    if v in MEMO#:
        return MEMO#[v]
    MEMO#[v] = $number
    return MEMO#[v]
use number: memo#($number)

MEMO# = {}
def memo#(v, digits=1):
    key = round(v, digits)
    try:
        return MEMO#[key]
    except KeyError:
        MEMO#[key] = result = $number
    return result
use number: memo#($number)
use number: memo#($number, $digit)

@functools.lru_cache(maxsize=None)
def cached#(v, w=2.0):
    return $number + w
use number: cached#($number)
use number: cached#($number, $number)

def remembering#(function):
    known = {}
    @functools.wraps(function)
    def inner(*args):
        if args not in known:
            known[args] = function(*args)
        return known[args]
    return inner
@remembering#
def remembered#(v, w):
    return $number * w
use number: remembered#($number, $number)

def counted#(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        inner.calls += 1
        return function(*args, **kwargs)
    inner.calls = 0
    return inner
@counted#
def work#(v, *, w=1.0):
    return $number / w
use number: work#($number, w=$number)
use number: work#($number) + work#.calls

def deep#(v, n=3):
    if n <= 0 or $flag:
        return $number
    return deep#(v * 0.5, n - 1) + $literal
use number: deep#($number)
use number: deep#($number, $times)

def solved#(v):
    guess = 1.0
    for step in range(20):
        better = guess - (guess * guess - abs(v) - 1.0) / (2.0 * guess)
        if abs(better - guess) < 1e-12:
            return better
        guess = better
    return guess
use number: solved#($number)

def gathering#(v, seen=[]):
    seen.append($number)
    if len(seen) > 4:
        del seen[:2]
    return sum(seen)
use number: gathering#($number)

def many#(*args, **kwargs):
    total = sum(args)
    for name, v in sorted(kwargs.items()):
        total += $number * (2 if name == "k" else 1)
    return total
use number: many#($number, $number, k=$number)
use number: many#(*xs, u=$number)
use number: many#(**{"k": $number, "w": $number})

def accumulator#():
    total, calls = 0.0, 0
    def add(v):
        nonlocal total, calls
        total += $number
        calls += 1
        return total / calls
    return add
ADD# = accumulator#()
use number: ADD#($number)

def steps#(v):
    while v > 0.1:
        yield v
        v *= 0.3
    yield $number
use number: sum(steps#($number))
use number: list(steps#($number))[-1]
use statement: for c in steps#($number):\n    LOG.append(c)

def talking#():
    v = yield
    while True:
        v = yield $number
use statement: each = talking#()\nnext(each)\nb = each.send($number) + each.send($number)

@contextlib.contextmanager
def guarded#(name):
    LOG.append(name)
    try:
        yield $literal
    except $error as error:
        LOG.append(type(error).__name__)
    finally:
        LOG.append("end")
use statement: with guarded#("k") as c:\n    $block

@functools.singledispatch
def handled#(v):
    raise TypeError(f"no {type(v).__name__}")
@handled#.register
def _(v: float):
    return $number
@handled#.register(int)
def _(v):
    return v + 1
@handled#.register(list)
def _(v):
    return sum(handled#(each) for each in v)
use number: handled#($number)
use number: handled#([$number, $number])
use number: handled#($any)

GROUPS# = collections.defaultdict(list)
def grouped#(v):
    GROUPS#["up" if $flag else "down"].append(v)
    return sum(GROUPS#["up"]) + len(GROUPS#)
use number: grouped#($number)

RECENT# = collections.deque([1.0], maxlen=3)
def smoothed#(v):
    RECENT#.append($number)
    return sum(RECENT#) / len(RECENT#)
use number: smoothed#($number)

SEEN# = set()
def first_time#(v):
    if v in SEEN#:
        return $literal
    SEEN#.add(v)
    return $number
use number: first_time#($number)

COUNTS# = collections.Counter()
def tallied#(v):
    COUNTS#[type(v).__name__] += 1
    COUNTS#[v > 1] += v
    return COUNTS#.most_common(1)[0][1] * v
use number: tallied#($number)

def parsed#(text):
    number, unit = text.split()
    v = float(number)
    return $number if unit == "m" else v / 1000
use number: parsed#("%s m" % $number)
use number: parsed#(f"{$simple:.3f} mm")
use number: parsed#($text)

def described#(v):
    if v is None:
        return "nothing"
    if v is True or v is False:
        return "truth"
    if isinstance(v, int):
        return "whole"
    if isinstance(v, float):
        return "nan" if v != v else "%.*f" % (2, v)
    return type(v).__name__
use text: described#($number)
use text: described#($flag)
use text: described#($any)

def attempts#(v):
    for name in ("sqrt", "exp", "data", "tolist"):
        if hasattr(v, name):
            return getattr(v, name)()
    try:
        return v.value
    except AttributeError as error:
        LOG.append(str(error))
    try:
        v[0]
    except (TypeError, IndexError) as error:
        LOG.append(str(error))
    try:
        len(v)
    except TypeError as error:
        LOG.append(str(error))
    return $number
use number: attempts#($number)

def table#(v):
    rows = [[v, 1.0], [0.5, v * v]]
    copied = copy.deepcopy(rows)
    copied[0][1] = $number
    total = 0.0
    for row, other in zip(rows, copied):
        total += sum(p * q for p, q in zip(row, other))
    return total
use number: table#($number)

def interpolated#(v, us=(0.0, 1.0, 2.0), ws=(1.0, 3.0, 2.0)):
    if not us[0] <= v <= us[-1]:
        raise ValueError(f"{v} is outside {us}")
    i = min(bisect.bisect_right(us, v), len(us) - 1)
    return ws[i - 1] + (ws[i] - ws[i - 1]) * (v - us[i - 1]) / (us[i] - us[i - 1])
use number: interpolated#(abs($number))
use statement: try:\n    c = interpolated#($number)\nexcept ValueError as error:\n    s = str(error)

def heap#(v):
    queue = [(v, "k"), (1.0, "u"), ($number, "w")]
    heapq.heapify(queue)
    heapq.heappush(queue, (0.7, "z"))
    first, name = heapq.heappop(queue)
    return first * len(name) + heapq.nlargest(1, queue)[0][0]
use number: heap#($number)

def tried#(*attempts):
    for attempt in attempts:
        try:
            return attempt()
        except (ArithmeticError, ValueError, LookupError) as error:
            LOG.append(repr(error))
    return 0.0
use number: tried#(lambda: math.log(a), lambda: $number)
use number: tried#(lambda: $number / (b - b), lambda: table[$key], lambda: c)

def swallowed#(v):
    try:
        return len(struct.pack("d", v)) * v
    except:
        return -1.0
use number: swallowed#($number)

def written#(v):
    try:
        return json.loads(json.dumps([v]))[0]
    except TypeError as error:
        LOG.append(str(error))
        return $number
use number: written#($number)

def statistics#(values):
    values = [float(v) for v in values if v is not None]
    if not values:
        raise Refused("nothing there")
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) + 0.1) / (mean or 1.0)
use number: statistics#(xs)
use number: statistics#([$number, None, $number])

def array#(v):
    values = numpy.array([v, 1.0, v * 2])
    if values.dtype != numpy.float64 or values.dtype.kind != "f" or not numpy.issubdtype(values.dtype, numpy.number):
        return -1.0
    values[1] = $number
    return float((values * values).sum() + values.max())
use number: array#($number)
use number: array#($number) * $number

def converted#(v):
    v = numpy.asarray(v, dtype=float)
    if v.ndim == 0:
        v = v[()]
    return float(numpy.sin(v) + numpy.exp(-v * v))
use number: converted#($number)

def typed#(v):
    if isinstance(v, numpy.floating):
        return float(v) * 3
    if isinstance(v, numbers.Integral):
        return v * 2.0
    if numpy.isscalar(v) and not isinstance(v, str):
        return $number
    return 0.0
use number: typed#($number)
"""
"""Definitions, which stand apart, each before its uses and the kinds of what they are."""
