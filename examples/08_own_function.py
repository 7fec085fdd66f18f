"""A Function with a derivative of one's own: a rectifier that is smooth, checked against differences."""

import math

import minitorch


class SmoothRectifier(minitorch.ScalarFunction):
    """log(1 + exp(x)), without overflow."""

    @staticmethod
    def forward(ctx: minitorch.Context, x: float) -> float:
        """The value; what backward needs is saved on the way."""
        ctx.save_for_backward(x)
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))

    @staticmethod
    def backward(ctx: minitorch.Context, d_output: float) -> float:
        """The derivative is the sigmoid."""
        x = ctx.saved_values
        return d_output / (1.0 + math.exp(-x))


def loss(x: minitorch.Scalar) -> minitorch.Scalar:
    return SmoothRectifier.apply(3 * x - 1) ** 2


x = minitorch.Scalar(0.4, name="x")
out = loss(x)
out.backward()

print(f"loss = {out.data:.8f}")
print(f"derivative = {x.derivative:.8f}")
minitorch.derivative_check(loss, minitorch.Scalar(0.4))
print("agrees with central differences")
