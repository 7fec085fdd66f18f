"""The gradient of a library that has never heard of minitorch: the price of an option and its Greeks."""

from pathlib import Path

import minitorch

with minitorch.install_import_hook(["plain"]):
    from plain import black_scholes

market = {"spot": 100.0, "strike": 105.0, "years": 0.5, "rate": 0.03, "volatility": 0.2}
inputs = [minitorch.Scalar(value, name=name) for name, value in market.items()]

price = black_scholes.price(*inputs)
price.name = "price"
price.backward()

print(f"price = {price.data:.6f}")
for x in inputs:
    print(f"d price / d {x.name:<10} = {x.derivative:+.6f}")

diagram = Path("gradient.svg")
diagram.write_text(minitorch.make_graph(price), encoding="utf-8")
print(f"diagram: {diagram.resolve()}")
