"""Through a bisection: its result depends on its input by comparisons alone, so it gets a rule of its own."""

import math

import minitorch


def excess(yield_rate: float, price: float) -> float:
    """How far a bond that pays 5 a year and 100 after ten years is worth more than its price."""
    payments = sum(5.0 * math.exp(-yield_rate * year) for year in range(1, 11))
    return payments + 100.0 * math.exp(-10 * yield_rate) - price


def bisected(price: float) -> float:
    low, high = -0.5, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if excess(middle, price) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


bond_yield = minitorch.custom_vjp(bisected)


def forward(price: float) -> tuple[float, tuple[float, float]]:
    found = bond_yield(price)
    return found, (found, price)


def backward(kept: tuple[float, float], d_yield: float) -> tuple[float]:
    """The implicit function theorem: excess(yield, price) stays zero."""
    by_yield, by_price = minitorch.grad(excess, argnums=(0, 1))(*kept)
    return (-d_yield * by_price / by_yield,)


bond_yield.defvjp(forward, backward)

print("price    yield      traced     by the rule    differences    second derivative")
for price in (90.0, 100.0, 110.0):
    traced = minitorch.grad(bisected, special_points="ignore")(price)
    ruled = minitorch.grad(bond_yield)(price)
    difference = (bisected(price + 0.01) - bisected(price - 0.01)) / 0.02
    second = minitorch.grad(minitorch.grad(bond_yield))(price)
    print(f"{price:5.1f}    {bisected(price):.5f}    {traced:7.3f}    {ruled:.8f}    {difference:.8f}    {second:.4e}")
