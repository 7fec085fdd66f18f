"""How far off is a humidity from two thermometers? First-order uncertainty of a library's formula."""

import random
import statistics

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import psychrolib

import minitorch

psychrolib.SetUnitSystem(psychrolib.SI)
humidity = psychrolib.GetRelHumFromTWetBulb

names = ["dry bulb, C", "wet bulb, C", "pressure, Pa"]
values = (25.0, 18.0, 101325.0)
deviations = (0.2, 0.2, 300.0)

value, deviation = minitorch.propagate(humidity, values, deviations)
amplified = minitorch.condition(humidity, *values)
print("input           value      +/-   alone gives   relative condition")
for i, name in enumerate(names):
    alone = [given if i == j else 0.0 for j, given in enumerate(deviations)]
    share = minitorch.propagate(humidity, values, alone)[1]
    print(f"{name:<13} {values[i]:>8.1f} {deviations[i]:>7.1f}   {share:>11.5f}   {amplified[i]:>18.3f}")
print(f"relative humidity {value:.5f} +/- {deviation:.5f}")

random.seed(1)
drawn = [humidity(*map(random.gauss, values, deviations)) for _ in range(3000)]
print(f"3000 random draws {statistics.fmean(drawn):.5f} +/- {statistics.stdev(drawn):.5f}")

wet_bulbs = [8.0 + 0.5 * k for k in range(33)]
bands = [minitorch.propagate(humidity, (25.0, wet, 101325.0), deviations) for wet in wet_bulbs]
plt.fill_between(wet_bulbs, [v - 2 * s for v, s in bands], [v + 2 * s for v, s in bands], alpha=0.3)
plt.plot(wet_bulbs, [v for v, _ in bands])
plt.xlabel("wet bulb, C, at a dry bulb of 25 C")
plt.ylabel("relative humidity, with two standard deviations")
plt.savefig("humidity.svg")
