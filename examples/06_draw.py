"""The picture of a computation: every operation of a short one, the lines of source that ran of a long one."""

import math
from pathlib import Path

import minitorch

with minitorch.install_import_hook(["plain"]):
    from plain import pendulum


@minitorch.trace
def damped_wave(time: float, frequency: float) -> float:
    decay = math.exp(-time / 2)
    return decay * math.sin(2 * math.pi * frequency * time)


def draw(out: minitorch.Variable, file: str, **options: str) -> None:
    picture = minitorch.graph(out, **options)
    Path(file).write_text(picture.svg(), encoding="utf-8")
    print(f"{out.name} = {out.data:.6f}, {picture.picture.title}, drawn in {file}")


# Functions are boxes, Variables are ovals with their values and derivatives, constants are text.
time = minitorch.Scalar(0.3, name="time")
frequency = minitorch.Scalar(1.2, name="frequency")
height = damped_wave(time, frequency)
height.name = "height"
draw(height, "damped_wave.svg")

# A hundred steps of a pendulum are three lines, whose values go from one to another and from step to step.
length = minitorch.Scalar(1.0, name="length")
angle = minitorch.Scalar(0.3, name="angle")
swing = pendulum.swing(length, angle)
swing.name = "swing"
draw(swing, "swing.svg", collapse="line")
