"""The picture of a computation: Functions are boxes, Variables are ovals, constants are text."""

import math
from pathlib import Path

import minitorch


@minitorch.trace
def damped_wave(time: float, frequency: float) -> float:
    return math.exp(-time / 2) * math.sin(2 * math.pi * frequency * time)


time = minitorch.Scalar(0.3, name="time")
frequency = minitorch.Scalar(1.2, name="frequency")

height = damped_wave(time, frequency)
height.name = "height"

picture = Path("damped_wave.svg")
picture.write_text(minitorch.make_graph(height), encoding="utf-8")
print(f"height = {height.data:.6f}")
print(f"{len(minitorch.topological_sort(height))} variables drawn in {picture}")
