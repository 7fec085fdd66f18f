"""Published libraries through `minitorch.compile`: value and derivatives equal the eager ones to the last bit.

    python tests/contract/corpus_compiled.py CORPUS                  every function of the corpus, at its points
    python tests/contract/corpus_compiled.py CORPUS --random 10000   and three of them at random points across branches

CORPUS is the folder with the corpus's `run.py`.

A package runs in a process of its own, behind the import hook as the corpus installs it. Each point is asked for three
times, so that it is recorded, compiled and answered by machine code. The last line is 'N passed, M failed'.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import struct
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import minitorch

REPEATS = 3
SECONDS = 600

Function = Callable[..., Any]


def bits(value: Any) -> Any:
    """What a result is, to the last bit, with its types."""
    if type(value) is float:
        return struct.pack("d", value).hex()
    if isinstance(value, (tuple, list)):
        return [type(value).__name__, *map(bits, value)]
    return f"{type(value).__name__} {value!r}"


def outcome(function: Function, point: Sequence[float]) -> Any:
    """The bits of a result, or the error."""
    try:
        return bits(function(*point))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def differences(f: Function, points: Sequence[Sequence[float]], repeats: int) -> tuple[list[str], list[str], int]:
    """Compare a function with its compiled form: what differs, what was warned of, how many calls machine code took."""
    argnums = tuple(range(len(points[0])))
    eager = minitorch.value_and_grad(f, argnums=argnums)
    expected = [(outcome(f, point), outcome(eager, point)) for point in points]
    found = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", minitorch.CompilationWarning)
        compiled = minitorch.compile(f, argnums=argnums)
        for _ in range(repeats):
            for point, (value, both) in zip(points, expected, strict=True):
                if outcome(compiled, point) != value:
                    found.append(f"value at {point}")
                if outcome(compiled.value_and_grad, point) != both:
                    found.append(f"derivatives at {point}")
    warned = sorted({str(each.message) for each in caught if issubclass(each.category, minitorch.CompilationWarning)})
    return found, warned, sum(view.calls for view in compiled.traces)


# -- random points across branches -------------------------------------------------------------------------------------


def geodesic_points(draw: random.Random) -> Iterator[tuple[float, ...]]:
    """Pairs of places: anywhere, nearly opposite, nearly the same, and on special lines."""
    special = [0.0, -0.0, 90.0, -90.0, 45.0, 180.0]
    while True:
        latitude, longitude = draw.uniform(-89, 89), draw.uniform(-180, 180)
        yield latitude, longitude, draw.uniform(-90, 90), draw.uniform(-180, 180)
        yield latitude, longitude, -latitude + draw.uniform(-0.5, 0.5), longitude + 180 + draw.uniform(-0.5, 0.5)
        yield latitude, longitude, latitude + draw.uniform(-1e-6, 1e-6), longitude + draw.uniform(-1e-6, 1e-6)
        yield tuple(draw.choice(special[:5]) if index % 2 == 0 else draw.choice(special) for index in range(4))


def orbit_points(draw: random.Random) -> Iterator[tuple[float, ...]]:
    """Elements of near and deep orbits, the drag, and the minutes since their epoch."""
    while True:
        for eccentricity, motion in ((abs(draw.gauss(0, 0.08)), draw.uniform(0.03, 0.07)),
                                     (draw.uniform(1e-4, 0.75), draw.uniform(0.004, 0.03))):  # fmt: skip
            angles = [draw.uniform(0, math.pi), *(draw.uniform(0, 6.283) for _ in range(3))]
            yield eccentricity, *angles, motion, draw.uniform(-1e-4, 1e-3), draw.uniform(-3000, 3000)


def air_points(draw: random.Random) -> Iterator[tuple[float, ...]]:
    """Temperature, humidity, some out of range, and pressure."""
    while True:
        humidity = draw.choice([draw.uniform(0, 1), draw.uniform(0, 1), 0.0, 1.0, draw.uniform(-0.1, 1.1)])
        yield draw.uniform(-40, 60), humidity, draw.uniform(60_000, 110_000)


def geodesic() -> Function:
    """The shortest way between two places."""
    from geographiclib.geodesic import Geodesic

    return lambda *places: Geodesic.WGS84.Inverse(*places)["s12"]


def orbit() -> Function:
    """Where a satellite is."""
    from sgp4.model import WGS72, Satrec

    def position(
        ecco: float, inclo: float, nodeo: float, argpo: float, mo: float, motion: float, bstar: float, minutes: float
    ) -> Any:
        satellite = Satrec()
        satellite.sgp4init(WGS72, "i", 5, 18441.785, bstar, 0.0, 0.0, ecco, argpo, inclo, mo, motion, nodeo)
        return satellite.sgp4_tsince(minutes)[1][0]

    return position


def air() -> Function:
    """The temperature of a wet bulb."""
    import psychrolib

    psychrolib.SetUnitSystem(psychrolib.SI)
    return psychrolib.GetTWetBulbFromRelHum  # type: ignore[no-any-return]


RANDOM: dict[str, tuple[str, Callable[[], Function], Callable[[random.Random], Iterator[tuple[float, ...]]]]] = {
    "geodesic": ("geographiclib", geodesic, geodesic_points),
    "orbit": ("sgp4", orbit, orbit_points),
    "air": ("psychrolib", air, air_points),
}


# -- one process per package -------------------------------------------------------------------------------------------


def functions_of(package: str, folder: str, count: int) -> Iterator[tuple[str, Function, list[Any], int]]:
    """Each function of a package, its points, and how often they are asked for."""
    if package in RANDOM:
        library, make, points = RANDOM[package]
        with minitorch.install_import_hook([library]):
            stream = points(random.Random(7))
            yield package, make(), [next(stream) for _ in range(count)], 1
        return
    sys.path.insert(0, folder)
    import cases  # noqa: F401  it registers the functions
    import framework

    with open(os.path.join(folder, "references.json"), encoding="utf-8") as file:
        references = {case["name"]: case for case in json.load(file)[package]["cases"]}
    entry = framework.REGISTRY[package]
    for name in [name for name in sys.modules if name.split(".")[0] in entry.hook]:
        del sys.modules[name]
    with minitorch.install_import_hook(list(entry.hook)):
        for name, f, _, _ in list(framework.iter_cases(entry)):
            if name in references:
                yield name, f, [tuple(map(float, point["x"])) for point in references[name]["points"]], REPEATS


def check(package: str, folder: str, count: int) -> None:
    """Check a package, and print a line of JSON per function."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for name, f, points, repeats in functions_of(package, folder, count):
        out.write(json.dumps([name, *differences(f, points, repeats), len(points)]) + "\n")


def main() -> int:
    """Check all packages, and say what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", help="the folder of the corpus")
    parser.add_argument("--random", type=int, default=0, metavar="POINTS", help="how many random points")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = os.path.abspath(options.corpus)
    if options.only:
        check(options.only, folder, options.random)
        return 0
    with open(os.path.join(folder, "references.json"), encoding="utf-8") as file:
        expected = {package: len(found["cases"]) for package, found in json.load(file).items() if found["cases"]}
    # Those that take longest begin first.
    expected = dict.fromkeys(RANDOM if options.random else (), 1) | expected

    def run(package: str) -> subprocess.CompletedProcess[str]:
        script = os.path.abspath(__file__)
        command = [sys.executable, script, folder, "--only", package, "--random", str(options.random)]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)

    passed = failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        finished = list(pool.map(run, expected))
    for (package, wanted), done in zip(expected.items(), finished, strict=True):
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        good = sum(not found for _, found, *_ in rows)
        passed, failed = passed + good, failed + wanted - good
        in_python = [reason for *_, warned, _, _ in rows for reason in warned if "runs in Python" in reason]
        calls = sum(row[3] for row in rows)
        print(f"{package}: {good} of {wanted} equal, {calls} calls by machine code, {len(in_python)} in Python")
        for name, found, *_ in rows:
            print("".join(f"    {name}: another {each}\n" for each in found[:3]), end="")
        for reason in in_python:
            print(f"    {reason}")
        if done.returncode:
            print(done.stderr[-2000:])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
