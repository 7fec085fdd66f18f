"""A package imported through the hook: classes, `float()`, `math` and properties keep the derivative."""

import minitorch

with minitorch.install_import_hook(["plain"]):
    from plain import orbit
    from plain.pendulum import Pendulum, swing

length = minitorch.Scalar(0.8, name="length")
angle = minitorch.Scalar(0.5, name="angle")

final = swing(length, angle)
final.backward()
print(f"angle after one second = {final.data:.6f}")
print(f"d angle / d length = {length.derivative:.6f}, d angle / d start = {angle.derivative:.6f}")

speed = minitorch.Scalar(2.0, name="speed")
pendulum = Pendulum(1.5)
pendulum.speed = speed
pendulum.energy.backward()
print(f"d energy / d speed = {speed.derivative:.6f}")

value, slope = minitorch.value_and_grad(orbit.radius_after)(1.2)
print(f"orbit radius = {value:.6f}, d radius / d speed = {slope:.6f}")
