"""The course's first module as it stands: a Function of one's own, Mul, backward and the diagram."""

from pathlib import Path

import minitorch
from minitorch import Context, Mul, ScalarFunction, make_graph


class TimesFive(ScalarFunction):
    """Multiplies by five."""

    @staticmethod
    def forward(ctx: Context, x: float) -> float:
        """Five times x."""
        return x * 5

    @staticmethod
    def backward(ctx: Context, d_output: float) -> float:
        """The chain rule: five times what arrives."""
        return 5 * d_output


x = minitorch.Scalar(10.0, name="x")
y = minitorch.Scalar(5.0, name="y")

z = TimesFive.apply(x)
out = TimesFive.apply(z)
out.name = "out"
out.backward()
print(f"out = {out.data}, d out / d x = {x.derivative}")

out2 = Mul.apply(z, y)
out2.backward()
print(f"out2 = {out2.data}, d out2 / d y = {y.derivative}")

same = x * y
print(f"x * y is recorded as {same.history.last_fn.__name__}")

Path("course.svg").write_text(make_graph(out2), encoding="utf-8")
