"""Classes with habits, which random programs are made of, each with templates of how it is used.

`#` is a number that tells definitions apart, `$number` a hole (see `habit_expressions`).
"""

from __future__ import annotations

__all__ = ["CLASSES"]

CLASSES = r"""
class Guard#:
    def __init__(self, v):
        self.v = v
    def __enter__(self):
        return self.v
    def __exit__(self, kind, error, trace):
        LOG.append((kind.__name__ if kind else None, str(error), self.v))
        return kind is not None and issubclass(kind, $error)
use statement: with Guard#($number) as c:\n    $block

class Vector#:
    __slots__ = ("u", "w")
    made = 0
    def __init__(self, u, w):
        self.u, self.w = u, w
        Vector#.made += 1
    def __add__(self, other):
        if not isinstance(other, Vector#):
            return NotImplemented
        return Vector#(self.u + other.u, self.w + other.w)
    def __mul__(self, v):
        if isinstance(v, (int, float)):
            return Vector#(self.u * v, self.w * v)
        return NotImplemented
    __rmul__ = __mul__
    def __eq__(self, other):
        return isinstance(other, Vector#) and (self.u, self.w) == (other.u, other.w)
    def __abs__(self):
        return math.hypot(self.u, self.w)
    def __repr__(self):
        return f"Vector({self.u:g}, {self.w!r})"
    def __bool__(self):
        return self.u != 0
use number: abs(Vector#($number, $number) * $number)
use number: (Vector#($number, 1.0) + $number * Vector#($number, $number)).u
use number: (Vector#($number, 1.0) + $number).w
use flag: Vector#($number, 1) == Vector#($number, 1)
use flag: bool(Vector#($number, 1))
use text: repr(Vector#($number, $number))

@functools.total_ordering
class Level#:
    def __init__(self, v):
        self.v = float(v)
    def __eq__(self, other):
        return self.v == getattr(other, "v", other)
    def __lt__(self, other):
        return self.v < getattr(other, "v", other)
    def __float__(self):
        return self.v
    def __hash__(self):
        return hash(self.v)
    def __format__(self, spec):
        return format(self.v, spec or ".2f") + " m"
use number: float(max(Level#($number), Level#($number)))
use number: float(Level#($number)) * math.sin(Level#($number))
use number: sorted([Level#($number), Level#($number), Level#(0.3)])[1].v
use flag: Level#($number) >= $number
use flag: Level#($number) in {Level#(1.0): 1, Level#($number): 2}
use text: f"{Level#($simple)} {Level#($simple):.1f}"

@dataclasses.dataclass
class Point#:
    u: float
    w: float = 1.0
    tags: list = dataclasses.field(default_factory=list)
    def norm(self):
        return math.sqrt(self.u * self.u + self.w * self.w + 1.0)
LAST# = Point#(1.0)
use number: Point#($number, $number).norm()
use number: dataclasses.replace(LAST#, u=$number).norm()
use number: sum(dataclasses.astuple(Point#($number))[:2])
use flag: Point#($number, 1.0) == Point#($number)
use text: str(Point#($number))
use statement: LAST#.w += $number
use statement: LAST#.tags.append($number)

class Pair#(NamedTuple):
    u: float
    w: float = 2.0
    @property
    def ratio(self):
        return self.u / self.w
use number: Pair#($number, $number).ratio
use number: Pair#($number)._replace(w=$number)[1]
use flag: Pair#($number, 1.0) == (a, 1.0)
use statement: LOG.append(Pair#($number, $number))

class Tank#:
    filled = 0
    def __init__(self, level=0.0):
        self._level = level
        self.log = []
    @property
    def level(self):
        return self._level
    @level.setter
    def level(self, v):
        if v < 0:
            raise ValueError(f"level {v:.2f} below zero")
        self.log.append(v)
        self._level = v
    @functools.cached_property
    def area(self):
        return self._level * 2.0 + 1.0
    @classmethod
    def of(cls, v):
        cls.filled += 1
        return cls(v)
    @staticmethod
    def twice(v):
        return $number * 2
TANK# = Tank#(2.0)
use number: TANK#.level
use number: TANK#.area
use number: Tank#.of($number).area
use number: Tank#.twice($number)
use statement: TANK#.level += $number
use statement: TANK#.level = $number
use statement: try:\n    TANK#.level -= abs($number)\nexcept ValueError as error:\n    LOG.append(str(error))

class Shape#:
    sides = 4
    def __init__(self, v):
        self.v = v
        self.last = None
    def area(self):
        if self.last == self.v:
            return 1.0
        v = self.last = self.v
        return $number
    def __call__(self, v):
        return self.area() * v
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return len(name) * self.v
class Square#(Shape#):
    def area(self):
        return super().area() + self.sides
use number: Square#($number).area()
use number: Square#($number)($number)
use number: Shape#($number).width
use number: copy.copy(Shape#($number)).v

class Kind#(enum.IntEnum):
    LOW = 1
    HIGH = 2
    @classmethod
    def of(cls, v):
        return cls.HIGH if $flag else cls.LOW
use number: Kind#.of($number) * $number
use number: Kind#.of($number).value + $number
use text: Kind#.of($number).name
use flag: Kind#.of($number) is Kind#.HIGH
use statement: match Kind#.of($number):\n    case Kind#.HIGH:\n        $block\n    case Kind#.LOW:\n        $block

class Celsius#(float):
    unit = "C"
    def __new__(cls, v):
        if v < -273.15:
            raise ValueError("%.1f is too cold" % v)
        return super().__new__(cls, v)
    def fahrenheit(self):
        return self * 1.8 + 32
use number: Celsius#($number).fahrenheit()
use number: Celsius#($number) + $number
use flag: isinstance(Celsius#($number), float) and Celsius#($number).unit == "C"

class Scale#:
    def __init__(self):
        self.history = {}
    def __getitem__(self, v):
        return self.history.get(v, 1.0)
    def __setitem__(self, v, w):
        self.history[v] = w
    def __contains__(self, v):
        return v in self.history
    def __len__(self):
        return len(self.history)
    def __iter__(self):
        return iter(self.history.values())
SCALE# = Scale#()
use number: SCALE#[$number]
use number: sum(SCALE#) + $number
use flag: $number in SCALE#
use statement: SCALE#[$key] = $number
use statement: SCALE#[$number] = $number

class Checked#:
    def __set_name__(self, owner, name):
        self.name = "_" + name
    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name)
    def __set__(self, instance, v):
        if not isinstance(v, (int, float)) or isinstance(v, bool):
            raise TypeError(f"{self.name}: {v!r}")
        setattr(instance, self.name, v)
class Model#:
    rate = Checked#()
    def __init__(self, v):
        self.rate = v
    def run(self, n=3):
        state = self.rate
        for step in range(n):
            state = state + 0.1 * (1.0 - state)
            self.state = state
        return state
MODEL# = Model#(0.5)
use number: MODEL#.run()
use number: Model#($number).run($times)
use statement: MODEL#.rate = $number
use statement: MODEL#.rate = $any
"""
"""Definitions, which stand apart, each before its uses and the kinds of what they are."""
