"""Plain numerical methods: polynomials, series, iterations, small linear algebra. Nothing here knows of derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable


def cubic(x: float) -> float:
    """A polynomial written with powers."""
    return 4.0 * x**3 - 3.0 * x**2 + 2 * x - 1


def horner(x: float) -> float:
    """A polynomial written as a loop over its coefficients."""
    result = 0.0
    for coefficient in (2.0, -1.0, 0.5, 3.0, -4.0):
        result = result * x + coefficient
    return result


def rational(x: float, y: float) -> float:
    """A quotient of polynomials in two variables."""
    return (x * y - 1.0) / (x + y**2)


def reflected(x: float) -> float:
    """Every operator with the constant on the left."""
    return (3 - x) * (2 / x) + 2**x + 7 % x + 7 // x


def signs(x: float, y: float) -> float:
    """Unary minus and plus, doubled and mixed."""
    return -x + +y - -(x * -y)


def powers(x: float, y: float) -> float:
    """Variable, negative, fractional and zero exponents."""
    return x**y + x**-1 + y**0.5 + x**0


def remainders(x: float, y: float) -> float:
    """Quotient and remainder, by operators and by divmod."""
    quotient, remainder = divmod(x, y)
    return (x % y) * y + quotient * remainder + x // y


def geometric_series(x: float) -> float:
    """Sum of x**n, until the terms no longer count."""
    total, term = 0.0, 1.0
    while abs(term) > 1e-18:
        total += term
        term *= x
    return total


def exponential_series(x: float) -> float:
    """The Taylor series of the exponential function."""
    total = term = 1.0
    for n in range(1, 30):
        term = term * x / n
        total = total + term
    return total


def tangent_fraction(x: float) -> float:
    """Lambert's continued fraction of the tangent, from the inside out."""
    square = x * x
    denominator = 25.0
    for odd in range(23, 0, -2):
        denominator = odd - square / denominator
    return x / denominator


def fibonacci_polynomial(x: float) -> float:
    """Simultaneous assignment in a loop."""
    previous, current = 0.0, 1.0
    for _ in range(6):
        previous, current = current, x * current + previous
    return current


def chebyshev(x: float) -> float:
    """The Chebyshev polynomial T7 by its three-term recurrence."""
    values = [1.0, x]
    while len(values) < 8:
        values.append(2 * x * values[-1] - values[-2])
    return values[7]


def square_and_multiply(x: float) -> float:
    """x to the 13th by the bits of the exponent."""
    exponent, result, square = 13, 1.0, x
    while exponent:
        if exponent & 1:
            result *= square
        square *= square
        exponent >>= 1
    return result


def geometric_mean_iteration(x: float, y: float) -> float:
    """The arithmetic-geometric mean."""
    while abs(x - y) > 1e-15 * abs(x):
        x, y = (x + y) / 2, (x * y) ** 0.5
    return x


def babylonian_root(x: float) -> float:
    """The square root by Newton's method, which is Heron's."""
    guess = x
    while True:
        improved = (guess + x / guess) / 2
        if abs(improved - guess) < 1e-14 * improved:
            return improved
        guess = improved


def kepler(mean_anomaly: float, eccentricity: float) -> float:
    """Kepler's equation by Newton's method."""
    anomaly = mean_anomaly
    for _ in range(50):
        step = (anomaly - eccentricity * math.sin(anomaly) - mean_anomaly) / (1 - eccentricity * math.cos(anomaly))
        anomaly -= step
        if abs(step) < 1e-14:
            break
    return anomaly


def bisected_cube_root(x: float) -> float:
    """Bisection finds the bracket, Newton's method polishes."""
    low, high = 0.0, 8.0
    for _ in range(6):
        middle = 0.5 * (low + high)
        if middle * middle * middle < x:
            low = middle
        else:
            high = middle
    root = 0.5 * (low + high)
    for _ in range(5):
        root -= (root * root * root - x) / (3 * root * root)
    return root


def secant_lambert(x: float) -> float:
    """Solves w * exp(w) = x by the secant method."""
    before, now = 0.5, 1.0
    residual_before = before * math.exp(before) - x
    for _ in range(40):
        residual = now * math.exp(now) - x
        if abs(residual) < 1e-13 or residual == residual_before:
            break
        before, residual_before, now = now, residual, now - residual * (now - before) / (residual - residual_before)
    return now


def _simpson(function: Callable[[float], float], low: float, high: float, panels: int) -> float:
    width = (high - low) / (2 * panels)
    total = function(low) + function(high)
    for i in range(1, 2 * panels):
        total += (4 if i % 2 else 2) * function(low + i * width)
    return total * width / 3


def simpson_of_cubic(x: float, slope: float) -> float:
    """Simpson's rule, exact for the cubic it integrates."""
    return _simpson(lambda t: t**3 - slope * t, 0.0, x, 4)


def simpson_of_bell(x: float) -> float:
    """Simpson's rule on the bell curve: half of the error function, nearly."""
    return _simpson(lambda t: math.exp(-t * t), 0.0, x, 100)


def runge_kutta(start: float, rate: float) -> float:
    """Classical Runge-Kutta on the logistic equation."""

    def slope(y: float) -> float:
        return rate * y * (1.0 - y)

    y, step = start, 0.1
    for _ in range(10):
        k1 = slope(y)
        k2 = slope(y + step / 2 * k1)
        k3 = slope(y + step / 2 * k2)
        k4 = slope(y + step * k3)
        y += step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def lagrange(x: float) -> float:
    """Interpolation through four points of x**3."""
    nodes = [(-1.0, -1.0), (0.5, 0.125), (2.0, 8.0), (3.0, 27.0)]
    total = 0.0
    for i, (node, value) in enumerate(nodes):
        term = value
        for j, (other, _) in enumerate(nodes):
            if i != j:
                term *= (x - other) / (node - other)
        total += term
    return total


def natural_spline(y1: float, y2: float, x: float) -> float:
    """A natural cubic spline through (0, 0), (1, y1), (2, y2), (3, 1), evaluated at x."""
    heights = [0.0, y1, y2, 1.0]
    right = [6 * (heights[i + 1] - 2 * heights[i] + heights[i - 1]) for i in (1, 2)]
    second = [0.0, (4 * right[0] - right[1]) / 15, (4 * right[1] - right[0]) / 15, 0.0]
    i = 0
    while i < 2 and x > i + 1:
        i += 1
    left, rest = x - i, i + 1 - x
    linear = rest * heights[i] + left * heights[i + 1]
    return linear + ((rest**3 - rest) * second[i] + (left**3 - left) * second[i + 1]) / 6


def determinant(a: float, b: float, c: float) -> float:
    """Gaussian elimination with row exchanges on a matrix of lists."""
    rows = [[a, 2.0, b], [3.0, c, 1.0], [b, 1.0, a]]
    result = 1.0
    for k in range(3):
        pivot = k
        for i in range(k + 1, 3):
            if abs(rows[i][k]) > abs(rows[pivot][k]):
                pivot = i
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
            result = -result
        result *= rows[k][k]
        for i in range(k + 1, 3):
            factor = rows[i][k] / rows[k][k]
            for j in range(k, 3):
                rows[i][j] -= factor * rows[k][j]
    return result


def linear_solve(a: float, b: float) -> float:
    """Thomas's algorithm for a tridiagonal system; the last unknown."""
    diagonal, right = [a, 4.0, 5.0], [1.0, b, 2.0]
    for i in range(1, 3):
        factor = -1.0 / diagonal[i - 1]
        diagonal[i] += factor
        right[i] -= factor * right[i - 1]
    return right[2] / diagonal[2]


def power_iteration(a: float, b: float) -> float:
    """The dominant eigenvalue of [[a, b], [b, 1]]."""
    x, y, eigenvalue = 1.0, 1.0, 0.0
    for _ in range(80):
        x, y = a * x + b * y, b * x + y
        eigenvalue = x if x > y else y
        x, y = x / eigenvalue, y / eigenvalue
    return eigenvalue


def escape_iteration(a: float, b: float) -> float:
    """Real and imaginary part of z*z + c, until it escapes."""
    x = y = 0.0
    for _ in range(12):
        if x * x + y * y > 4.0:
            break
        x, y = x * x - y * y + a, 2 * x * y + b
    return x * x + y * y


def logistic_map(rate: float, start: float) -> float:
    """Eight steps of the map that leads to chaos."""
    value = start
    for _ in range(8):
        value = rate * value * (1 - value)
    return value


def fourier_power(x: float, y: float) -> float:
    """The power of the second harmonic of a short signal, by cosines and sines."""
    signal = [x, y, x * y, 1.0, -x, y * y, 0.5, x - y]
    real = imaginary = 0.0
    for n, sample in enumerate(signal):
        angle = -2.0 * math.pi * 2 * n / len(signal)
        real += sample * math.cos(angle)
        imaginary += sample * math.sin(angle)
    return real * real + imaginary * imaginary


def cordic_length(x: float, y: float) -> float:
    """The length of a vector, turned onto the axis by shifts and signs."""
    for shift in range(6):
        scale = 2.0**-shift
        if y > 0:
            x, y = x + scale * y, y - scale * x
        else:
            x, y = x - scale * y, y + scale * x
    return x * 0.6073517701


def bessel(x: float) -> float:
    """The Bessel function J0 by its power series."""
    quarter = -x * x / 4
    total = term = 1.0
    for k in range(1, 25):
        term *= quarter / (k * k)
        total += term
    return total


def gamma_lanczos(x: float) -> float:
    """The gamma function by Lanczos's approximation."""
    coefficients = [
        676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ]  # fmt: skip
    x -= 1
    total = 0.99999999999980993
    for i, coefficient in enumerate(coefficients):
        total += coefficient / (x + i + 1)
    t = x + len(coefficients) - 0.5
    return math.sqrt(2 * math.pi) * t ** (x + 0.5) * math.exp(-t) * total


def convolution(x: float, y: float) -> float:
    """The product of two polynomials as lists; the middle coefficient of (1 + x t + y t^2)(y + 2 t + x t^2)."""
    left, right = [1.0, x, y], [y, 2.0, x]
    product = [0.0] * 5
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            product[i + j] += a * b
    return product[2]
