"""What a library computed, line by line: the report of a humidity, as a page and as text."""

import psychrolib

import minitorch

psychrolib.SetUnitSystem(psychrolib.SI)

report = minitorch.report(psychrolib.GetRelHumFromTWetBulb, TDryBulb=25.0, TWetBulb=18.0, Pressure=101325.0)
report.save("report.html")
print(report)

nearest = report.analysis.nearest
if nearest is not None:
    print(f"The nearest other branch is at {nearest.spot}: {nearest.question} is {nearest.outcome}.")
worst = max(
    (line for function in report.analysis.functions for line in function.lines),
    key=lambda line: line.rounding,
)
print(f"Most of the rounding error comes from line {worst.number}: {worst.text.strip()}")
