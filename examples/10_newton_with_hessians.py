"""The shape of a hanging chain: Newton's method with exact Hessians of its energy."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from plain import hanging_chain

import minitorch

value_and_gradient = minitorch.value_and_grad(hanging_chain.energy)
hessian = minitorch.hessian(hanging_chain.energy)

x = np.array(hanging_chain.straight(9))
shapes = [x]
print("step   energy           |gradient|   smallest curvature")
for step in range(30):
    energy, slope = value_and_gradient(x)
    curvatures, directions = np.linalg.eigh(hessian(x))
    print(f"{step:4}   {energy:13.9f}   {np.linalg.norm(slope):10.3e}   {curvatures[0]:10.4f}")
    if np.linalg.norm(slope) < 1e-10:
        break
    # Away from the minimum a spring under pressure bends the energy down: there its curvature counts as positive.
    move = -directions @ (directions.T @ slope / np.maximum(np.abs(curvatures), 1.0))
    size = 1.0
    while hanging_chain.energy(x + size * move) > energy + 1e-12:
        size /= 2
    x = x + size * move
    shapes.append(x)

for number, shape in enumerate(shapes):
    across, height = zip(*hanging_chain.nodes(shape), strict=True)
    is_last = number == len(shapes) - 1
    plt.plot(across, height, "o-" if is_last else "--", alpha=1.0 if is_last else 0.4, label=f"step {number}")
plt.axis("equal")
plt.legend(fontsize="x-small")
plt.savefig("chain.svg")
