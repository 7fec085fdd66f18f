"""What is known of every program: where to run it, whether plain operators suffice, its closed form if it has one.

A closed form is the same function in mpmath, written independently of the program.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import programs
import programs_builtins
import programs_language
import programs_objects
import programs_science
from mpmath import mp

MODULES: tuple[ModuleType, ...] = (
    programs,
    programs_language,
    programs_builtins,
    programs_objects,
    programs_science,
)


class Program(NamedTuple):
    """One plain function and what it must give.

    `operators` says that the function runs on Scalars as it stands: no `math`, `float`, `type` or `sum` of them.
    """

    function: Callable[..., float]
    points: list[tuple[float, ...]]
    operators: bool = False
    closed_form: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        """The module and the name of the function."""
        return f"{self.function.__module__}.{self.function.__name__}"


def _normal(x: Any) -> Any:
    return (1 + mp.erf(x / mp.sqrt(2))) / 2


def _black_scholes(spot: Any, strike: Any, years: Any, rate: Any, volatility: Any) -> Any:
    spread = volatility * mp.sqrt(years)
    d1 = (mp.log(spot / strike) + (rate + volatility**2 / 2) * years) / spread
    return spot * _normal(d1) - strike * mp.exp(-rate * years) * _normal(d1 - spread)


def _kepler(mean: Any, eccentricity: Any) -> Any:
    return mp.findroot(lambda anomaly: anomaly - eccentricity * mp.sin(anomaly) - mean, mean)


def _fourier_power(x: Any, y: Any) -> Any:
    signal = [x, y, x * y, 1, -x, y * y, mp.mpf("0.5"), x - y]
    return abs(sum(sample * mp.expjpi(mp.mpf(-n) / 2) for n, sample in enumerate(signal))) ** 2


def _haversine(lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> Any:
    a, b, turn = mp.radians(lat1), mp.radians(lat2), mp.radians(lon2 - lon1)
    return 6371 * mp.acos(mp.sin(a) * mp.sin(b) + mp.cos(a) * mp.cos(b) * mp.cos(turn))


def _private_names(amount: Any) -> Any:
    growth = mp.mpf(1.05)
    return ((amount - min(5, 0.01 * amount)) * growth**3 - 10) * 1.5 * growth


def _redlich_kwong(temperature: Any, volume: Any) -> Any:
    gas, critical, pressure = mp.mpf(8.314462618), mp.mpf(304.13), mp.mpf(7.3773e6)
    a, b = 0.42748 * gas**2 * critical**2.5 / pressure, 0.08664 * gas * critical / pressure
    return gas * temperature / (volume - b) - a / (mp.sqrt(temperature) * volume * (volume + b))


def _standard_deviation(x: Any, y: Any) -> Any:
    values = [x, y, x * y, 2]
    mean = sum(values) / 4
    return mp.sqrt(sum((value - mean) ** 2 for value in values) / 3)


def _luminance(red: Any, green: Any) -> Any:
    def linear(channel: Any) -> Any:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / mp.mpf(1.055)) ** 2.4

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(mp.mpf(0.5))


def _planck(wavelength: Any, temperature: Any) -> Any:
    metres = wavelength * 1e-6
    planck, light = mp.mpf(6.62607015e-34), mp.mpf(299792458)
    exponent = planck * light / (metres * 1.380649e-23 * temperature)
    return 2 * planck * light**2 / metres**5 / mp.expm1(exponent) * 1e-12


METHODS = [
    Program(programs.cubic, [(0.7,), (-1.3,), (2.0,)], True, lambda x: ((4 * x - 3) * x + 2) * x - 1),
    Program(programs.horner, [(0.7,), (-1.3,)], True, lambda x: 2 * x**4 - x**3 + x**2 / 2 + 3 * x - 4),
    Program(programs.rational, [(1.5, 2.5), (-0.5, 3.0)], True, lambda x, y: (x * y - 1) / (x + y**2)),
    Program(programs.reflected, [(1.6,), (2.9,)], True,
            lambda x: (3 - x) * 2 / x + mp.power(2, x) + mp.fmod(7, x) + mp.floor(7 / x)),
    Program(programs.signs, [(1.5, 2.5), (-0.4, 0.9)], True, lambda x, y: y - x - x * y),
    Program(programs.powers, [(1.5, 2.5), (0.4, 0.9)], True,
            lambda x, y: mp.exp(y * mp.log(x)) + 1 / x + mp.sqrt(y) + 1),
    Program(programs.remainders, [(7.5, 2.0), (-7.5, 2.2), (3.1, -0.7)], True,
            lambda x, y: (x - y * mp.floor(x / y)) * (y + mp.floor(x / y)) + mp.floor(x / y)),
    Program(programs.geometric_series, [(0.5,), (-0.3,)], True, lambda x: 1 / (1 - x)),
    Program(programs.exponential_series, [(0.7,), (1.9,)], True, mp.exp),
    Program(programs.tangent_fraction, [(0.7,), (-1.1,)], True, mp.tan),
    Program(programs.fibonacci_polynomial, [(0.7,), (-1.3,)], True, lambda x: x**6 + 5 * x**4 + 6 * x**2 + 1),
    Program(programs.chebyshev, [(0.6,), (-0.35,)], True, lambda x: mp.cos(7 * mp.acos(x))),
    Program(programs.square_and_multiply, [(1.1,), (-0.9,)], True, lambda x: x**13),
    Program(programs.geometric_mean_iteration, [(1.0, 2.0), (3.5, 0.2)], True, mp.agm),
    Program(programs.babylonian_root, [(2.0,), (17.3,)], True, mp.sqrt),
    Program(programs.kepler, [(0.8, 0.3), (2.5, 0.6)], False, _kepler),
    Program(programs.bisected_cube_root, [(5.0,), (100.0,)], True, mp.cbrt),
    Program(programs.secant_lambert, [(1.5,), (4.0,)], False, lambda x: mp.lambertw(x).real),
    Program(programs.simpson_of_cubic, [(1.7, 0.6)], True, lambda x, slope: x**4 / 4 - slope * x**2 / 2),
    Program(programs.simpson_of_bell, [(0.9,), (1.6,)]),
    Program(programs.runge_kutta, [(0.2, 1.5), (1.3, 0.7)], True),
    Program(programs.lagrange, [(0.9,), (2.6,)], True, lambda x: x**3),
    Program(programs.natural_spline, [(0.8, 0.3, 1.4), (-0.5, 2.0, 2.7), (1.0, 0.4, 0.3)], True),
    Program(programs.determinant, [(1.5, 0.5, 4.5), (5.0, -1.0, 0.3)], True,
            lambda a, b, c: a * (c * a - 1) - 2 * (3 * a - b) + b * (3 - c * b)),
    Program(programs.linear_solve, [(4.0, 1.5), (2.0, -0.5)], True,
            lambda a, b: ((4 * a - 1) * 2 + (a * b + 1)) / ((4 * a - 1) * 5 - a)),
    Program(programs.power_iteration, [(3.0, 1.0), (2.0, 0.8)], True,
            lambda a, b: ((a + 1) + mp.sqrt((a - 1) ** 2 + 4 * b**2)) / 2),
    Program(programs.escape_iteration, [(-0.4, 0.5), (0.8, 0.9)], True),
    Program(programs.logistic_map, [(2.8, 0.3), (3.7, 0.45)], True),
    Program(programs.fourier_power, [(0.7, 1.2), (-0.4, 0.3)], False, _fourier_power),
    Program(programs.cordic_length, [(3.0, 0.8), (2.0, -1.3)], True),
    Program(programs.bessel, [(0.8,), (2.9,)], True, lambda x: mp.besselj(0, x)),
    Program(programs.gamma_lanczos, [(1.7,), (4.2,)], False, mp.gamma),
    Program(programs.convolution, [(0.7, 1.2), (-1.0, 3.0)], True, lambda x, y: x + 2 * x + y * y),
]  # fmt: skip

LANGUAGE = [
    Program(programs_language.closure, [(0.7, 1.9)], False, lambda x, y: x * mp.sin(y) + y * mp.sin(x)),
    Program(programs_language.nonlocal_counter, [(0.7,), (-2.0,)], True, lambda x: (x + x**2 + x**3) / 3),
    Program(programs_language.global_state, [(0.7,), (-2.0,)], True, lambda x: (x * x + 1) * x),
    Program(programs_language.arguments, [(0.7, 1.9), (3.0, -1.0)], True,
            lambda x, y: 2 * x + 1 + x * y + 1 + (x * y + y) * 3 - x * y + 2 * y + x),
    Program(programs_language.late_lambdas, [(0.7,), (-2.0,)], True, lambda x: x * x + 3 * x),
    Program(programs_language.comprehensions, [(0.7, 1.9)], False, lambda x, y: 4 * x * (x - y) * mp.exp(-x)),
    Program(programs_language.generators, [(0.7,), (1.9,)]),
    Program(programs_language.coroutine_average, [(0.7, 1.9), (-3.0, 1.0)], False,
            lambda x, y: (x + y * y + x * y) / 3),
    Program(programs_language.lazy_product, [(0.7,), (1.9,)], True, lambda x: x**4 * (x + 2) ** 2),
    Program(programs_language.exceptions, [(0.7,), (1.9,)], True, lambda x: 4 * x * x - x),
    Program(programs_language.early_return_in_finally, [(0.7,), (1.9,)]),
    Program(programs_language.with_blocks, [(0.7,), (-2.0,)], True, lambda x: 4 * x * x + x / 2),
    Program(programs_language.walrus, [(0.7,), (1.9,)], True, lambda x: mp.exp(x) + mp.exp(2 * x)),
    Program(programs_language.matching, [(0.7, 1.9), (1.9, 0.7)], True),
    Program(programs_language.chained_comparisons, [(0.7, 1.9), (2.5, -1.0), (-3.0, 1.0)], True),
    Program(programs_language.augmented, [(0.7, 1.9), (2.5, -1.0)], True),
    Program(programs_language.unpacking, [(0.7, 1.9), (2.5, -1.0)], True),
    Program(programs_language.recursive_power, [(1.1,), (-0.9,)], True, lambda x: x**11),
    Program(programs_language.mutual_recursion, [(0.7,), (1.9,)], True),
    Program(programs_language.loop_else, [(0.7,), (40.0,), (0.1,)], True),
    Program(programs_language.decorated, [(0.7, 1.9)], False, lambda x, y: mp.log(x) * y + mp.log(y) * x / 2),
    Program(programs_language.awaited, [(0.7,), (-2.0,)], False, lambda x: mp.sqrt(x**2 + (x + 1) ** 2)),
    Program(programs_language.anonymous_recursion, [(0.7,), (2.0,)]),
    Program(programs_language.words, [(0.7, 1.9), (-12.3, -20.0)], True),
]  # fmt: skip

BUILTINS = [
    Program(programs_builtins.dispatch, [(0.7,), (1.9,)], False,
            lambda x: 3 * mp.sin(x) + 4 * mp.sqrt(x) + 3 * mp.exp(x) + 5 * x),
    Program(programs_builtins.aliases, [(0.7,), (1.9,)], False, lambda x: mp.sin(x) * mp.exp(x) + mp.cos(x * x)),
    Program(programs_builtins.mapped, [(0.7, 1.9)], False,
            lambda x, y: 1 + sum(mp.sin(v) * mp.sqrt(mp.sin(v) ** 2 + 1) for v in (x, y, x * y))),
    Program(programs_builtins.filtered, [(0.7, 1.9), (3.0, 1.5)], True),
    Program(programs_builtins.ordered, [(0.7, 1.9), (3.0, -1.4)]),
    Program(programs_builtins.extremes, [(0.7, 1.9), (5.0, 1.5)], True),
    Program(programs_builtins.reduced, [(0.7, 1.9), (3.0, -1.5)], True,
            lambda x, y: 2 * x * y * (x + y) + (x + y) * (2 * x + 2 * y + 2) + x / y + x),
    Program(programs_builtins.partial_application, [(0.7, 1.9)], False,
            lambda x, y: 2 * mp.tanh(x) ** 2 + x * mp.tanh(y) + mp.exp(y * mp.log(2))),
    Program(programs_builtins.bernstein, [(0.7,), (0.2,)], True, lambda x: x * x + x * (1 - x) / 5),
    Program(programs_builtins.cached, [(0.7,), (1.9,)], False, lambda x: x * mp.exp(-x) * (1 + 2 * mp.exp(-2))),
    Program(programs_builtins.percent_text, [(0.7, 1.9)], False, lambda x, y: 13 * x + 2 * y),
    Program(programs_builtins.converted, [(0.7, 1.9), (-3.0, 0.4)], False, lambda x, y: x * y + 3 * y - 2.5 * x**2),
    Program(programs_builtins.whole_numbers, [(2.3, 1.9), (0.7, 3.2)], True),
    Program(programs_builtins.rounded, [(2.33, 1.917), (0.72, -3.224)], True),
    Program(programs_builtins.fractions_of_turn, [(2.3,), (-0.7,)], True),
    Program(programs_builtins.powers_by_name, [(2.3, 1.9), (0.7, 3.2)], True),
    Program(programs_builtins.type_tests, [(0.7,), (1.9,)], False, lambda x: 3 * (x * x - 2 * x) + x**3),
    Program(programs_builtins.exact_sums, [(0.7, 1.9), (3.0, -1.5)], False,
            lambda x, y: (x + y + x * y) * (x * y) ** 2 + mp.hypot(x, y) + mp.hypot(x - 2, 1 - y)),
    Program(programs_builtins.builtin_sums, [(0.7, 1.9), (3.0, -1.5)]),
    Program(programs_builtins.float_methods, [(0.7, 1.9)], True, lambda x, y: x * y),
    Program(programs_builtins.predicates, [(0.7, 1.9), (2.0, 2.1)]),
    Program(programs_builtins.angles, [(0.7, 1.9), (3.0, -1.5)], False,
            lambda x, y: mp.degrees(mp.atan2(y, x)) + mp.radians(x) + mp.asin(x / 4) * mp.acos(y / 4) + mp.atan(x * y)),
    Program(programs_builtins.logarithms, [(0.7, 1.9)], False,
            lambda x, y: mp.log(x) + mp.log(y, 2) + mp.log10(x * y) + mp.log(x, 3) + mp.log1p(y) - mp.expm1(-x)),
    Program(programs_builtins.moving_average, [(0.7, 1.9)], False,
            lambda x, y: (3 * x + y * 47 / 180) * (2 * x + y * 13 / 36)),
    Program(programs_builtins.table_lookup, [(0.7,), (1.9,), (3.3,)], True),
    Program(programs_builtins.smallest_first, [(0.7, 1.9), (0.2, 3.0)], True),
    Program(programs_builtins.copied, [(0.7, 1.9)], True, lambda x, y: 5 * x * x + y * y),
    Program(programs_builtins.transposed, [(0.7, 1.9), (-3.0, 1.5)], True),
    Program(programs_builtins.seeded_simulation, [(0.1, 0.3)]),
]  # fmt: skip

OBJECTS = [
    Program(programs_objects.vectors, [(0.7, 1.9), (-2.0, 0.6)]),
    Program(programs_objects.sorted_vectors, [(0.7, 1.9), (-2.0, 0.6)]),
    Program(programs_objects.shapes, [(1.7, 0.9)], False,
            lambda r, h: mp.pi * r * r / 6 + (1.5 * mp.pi * (r * r - h * h) + mp.sqrt(r)) / 6),
    Program(programs_objects.private_names, [(100.0,), (2000.0,)], True, _private_names),
    Program(programs_objects.callable_objects, [(0.7, 1.9)], True,
            lambda x, a: a * x**2 - 2 * x + x + (2 * a * a - 2) * (2 * a * x - 2)),
    Program(programs_objects.data_classes, [(0.7, 1.9), (2.0, 0.5)], True),
    Program(programs_objects.named_tuples, [(0.7, 1.9)], False,
            lambda x, y: mp.sqrt((x - 2) ** 2 + (1 - y) ** 2) * x * y - y),
    Program(programs_objects.descriptors, [(21.0, 1.9)], False,
            lambda t, v: 8.314 * (t + 278.15) / v * 2 - (t + 5)),
    Program(programs_objects.tree_median, [(0.3, 1.9), (2.5, 0.6)]),
    Program(programs_objects.own_iterator, [(5.0,), (2.7,)]),
    Program(programs_objects.derivative_inside, [(0.7,), (-2.0,)], True, lambda x: 3 * x * x + 2),
    Program(programs_objects.enumerated, [(0.7,), (-2.0,)], True),
]  # fmt: skip

SCIENCE = [
    Program(programs_science.pendulum, [(1.0, 0.3), (0.5, 1.5)]),
    Program(programs_science.black_scholes, [(100.0, 105.0, 0.5, 0.03, 0.2), (40.0, 35.0, 2.0, 0.01, 0.4)], False,
            _black_scholes),
    Program(programs_science.binomial_option, [(100.0, 105.0, 0.2), (40.0, 35.0, 0.4)]),
    Program(programs_science.orbit, [(1.0, 1.1), (1.5, 0.6)]),
    Program(programs_science.perceptron, [(0.7, 0.1), (-1.2, 0.4)]),
    Program(programs_science.haversine, [(40.6, -73.8, 51.6, -0.5), (-33.9, 151.2, 35.7, 139.7)], False, _haversine),
    Program(programs_science.wet_air, [(25.0, 0.5), (-8.0, 0.7)]),
    Program(programs_science.real_gas, [(320.0, 0.002), (400.0, 0.0005)], False, _redlich_kwong),
    Program(programs_science.compressibility, [(1.3, 0.8), (2.0, 1.5)], True),
    Program(programs_science.heat_exchanger, [(1.2, 20.0), (4.0, 15.0)]),
    Program(programs_science.pipe_friction, [(1.5, 0.001), (0.02, 0.001)]),
    Program(programs_science.easing, [(0.2,), (0.4,), (0.77,)]),
    Program(programs_science.regression_slope, [(0.2, 1.1, 1.3)], False,
            lambda a, b, c: (-2.2 * a - 1.2 * 0.4 - 0.2 * b + 0.8 * c + 2.8 * 1.9) / 14.8),
    Program(programs_science.standard_deviation, [(0.7, 1.9), (-2.0, 0.6)], False, _standard_deviation),
    Program(programs_science.softmax_entropy, [(0.7, 1.9), (-2.0, 0.6)], False,
            lambda x, y: mp.log(mp.exp(x) + mp.exp(y) + mp.exp(0.5) + mp.exp(x * y)) - y),
    Program(programs_science.logistic_loss, [(1.3, -2.0)]),
    Program(programs_science.lennard_jones, [(1.1, 1.3), (1.4, -0.9)], True),
    Program(programs_science.planck, [(0.55, 5800.0), (10.0, 300.0)], False, _planck),
    Program(programs_science.lorenz, [(28.0, 1.0)], True),
    Program(programs_science.predator_prey, [(0.9, 0.7)], True),
    Program(programs_science.mortgage, [(200000.0, 0.04)], True,
            lambda p, r: p * (r / 12) / (1 - (1 + r / 12) ** -180)),
    Program(programs_science.internal_rate, [(30.0, 60.0), (50.0, 45.0)], True),
    Program(programs_science.projectile, [(20.0, 0.8), (35.0, 0.5)]),
    Program(programs_science.low_pass, [(150.0, 1.2)], False,
            lambda f, c: -10 * mp.log10(1 + (2 * mp.pi * f * c * 1e-3) ** 2)),
    Program(programs_science.luminance, [(0.3, 0.02), (0.8, 0.6)], True, _luminance),
    Program(programs_science.rotated, [(0.7, 1.9)], False, lambda x, angle: x * mp.sin(angle) + mp.cos(angle)),
    Program(programs_science.network, [(0.7, 1.9), (-2.0, 0.6)]),
]  # fmt: skip

PROGRAMS = [*METHODS, *LANGUAGE, *BUILTINS, *OBJECTS, *SCIENCE]
