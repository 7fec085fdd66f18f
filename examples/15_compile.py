"""Machine code for a price and its Greeks, made of plain Python: one call, and two hundred thousand at once."""

import timeit

import numpy
from plain import black_scholes

import minitorch

OPTION = (100.0, 95.0, 0.5, 0.03, 0.2)

price = minitorch.compile(black_scholes.price, argnums=(0, 1, 2, 3, 4))
price.precompile(*OPTION)
value, greeks = price.value_and_grad(*OPTION)
print(f"price {value:.4f}, derivatives by all five arguments {[round(greek, 4) for greek in greeks]}")
print(f"the same digits as plain Python: {price(*OPTION) == black_scholes.price(*OPTION)}")

plain = min(timeit.repeat(lambda: black_scholes.price(*OPTION), number=2000)) / 2000
compiled = min(timeit.repeat(lambda: price.value_and_grad(*OPTION), number=2000)) / 2000
print(f"value and five derivatives in {compiled / plain:.2f} times what plain Python takes for the value alone")

rows = numpy.tile(OPTION, (200_000, 1))
rows[:, 0] = numpy.linspace(50.0, 150.0, len(rows))
values, gradients = price.batch_value_and_grad(rows)
print(f"{len(values)} prices from {values.min():.2f} to {values.max():.2f}, derivatives of shape {gradients.shape}")
print()
print(price.emit("python"))
