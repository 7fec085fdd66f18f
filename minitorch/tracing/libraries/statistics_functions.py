"""The functions of `statistics` that compute with exact fractions, as Functions with the library's own value.

    StatisticsMean: forward is `statistics.mean` of the data, the derivative by each of n data is 1 / n

The others of the module are floating-point Python: they need no rows, they are converted.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from numbers import Number
from types import ModuleType
from typing import Any

from minitorch.autodiff.variable import Variable
from minitorch.rules.lifting import helpers
from minitorch.rules.real import Gradient, Rule
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.primitives import RuleFunction
from minitorch.scalars.taking import is_number, take_numbers
from minitorch.tracing.libraries import Resolve
from minitorch.transformer import Alias

__all__ = ["rows"]

Call = Callable[..., Any]


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Make what replaces functions of `statistics`, or for its helper in C."""
    if library.__name__ == "_statistics":
        quantile = library._normal_dist_inv_cdf
        inv_cdf = primitive("NormalDistInvCdf", quantile, gradient_of_quantile)
        yield quantile, Alias("NormalDistInvCdf.apply", inv_cdf.apply)
        return
    mean = of_data(library.mean, gradient_of_mean)
    yield library.mean, Alias("StatisticsMean.apply", mean)
    harmonic = of_weighted_data(library.harmonic_mean, gradient_of_harmonic_mean, gradient_of_weighted_harmonic_mean)
    yield library.harmonic_mean, Alias("StatisticsHarmonicMean.apply", harmonic)
    replacements: dict[str, Call] = {}
    for name, gradients, freedom in (
        ("variance", gradients_of_variance, 1),
        ("pvariance", gradients_of_variance, 0),
        ("stdev", gradients_of_deviation, 1),
        ("pstdev", gradients_of_deviation, 0),
    ):
        function = getattr(library, name)
        replacements[name] = of_data_about_mean(function, *gradients(freedom))
        yield function, Alias(f"{title(function)}.apply", replacements[name])
    if hasattr(library, "_mean_stdev"):
        both = library._mean_stdev
        yield both, Alias(both.__name__, mean_and_deviation(both, mean, replacements["stdev"]))


def title(function: Call) -> str:
    """Return the name of a library function's Function."""
    return "Statistics" + function.__name__.title().replace("_", "")


def primitive(name: str, function: Call, gradient: Gradient) -> type[RuleFunction]:
    """Return a Function with a row of its own."""
    rule = Rule(name, function, gradient=gradient)
    return type(name, (RuleFunction,), {"rule": rule, "__module__": __name__, "__doc__": f"The Function of {name}."})


def any_variable(values: Sequence[Any]) -> bool:
    """Return whether one of the values is a Variable, asked without running any code of theirs."""
    return any(issubclass(type(value), Variable) for value in values)


# -- how they are called -----------------------------------------------------------------------------------------------


def of_data(function: Call, gradient: Gradient) -> Call:
    """Make what replaces a function of data alone."""
    function_of_data = primitive(title(function), lambda *data: function(data), gradient)

    def call(data: Any) -> Any:
        values = data_for(function, data)
        return function_of_data.record(*values) if any_variable(values) else function(values)

    return call


def data_for(function: Call, data: Any) -> list[Any]:
    """Return data as a list, unless the function refuses some of it: then it does so at the moment when it would."""
    numbers, rest = take_numbers(data, lambda x: is_number(x) or issubclass(type(x), Number))
    if rest is None:
        return numbers
    rest, again = itertools.tee(rest)
    function(itertools.chain(map(plain_value, numbers), rest))
    return [*numbers, *again]


def of_weighted_data(function: Call, gradient: Gradient, weighted_gradient: Gradient) -> Call:
    """Make what replaces a function of data and perhaps weights; inputs are the data, then the weights."""

    def of_both(*inputs: Any) -> Any:
        half = len(inputs) // 2
        return function(inputs[:half], inputs[half:])

    unweighted = of_data(function, gradient)
    function_of_data = primitive(title(function), of_both, weighted_gradient)

    def call(data: Any, weights: Any = None) -> Any:
        if weights is None:
            return unweighted(data)
        values, weights = list(data), list(weights)
        if len(values) == len(weights) and any_variable((*values, *weights)):
            return function_of_data.record(*values, *weights)
        return function(values, weights)

    return call


def of_data_about_mean(function: Call, gradient: Gradient, gradient_about_mean: Gradient) -> Call:
    """Make what replaces a function of data and perhaps their mean; inputs are a given mean, then the data."""
    own_mean = of_data(function, gradient)
    function_of_data = primitive(title(function), lambda mean, *data: function(data, mean), gradient_about_mean)

    def call(data: Any, *mean: Any, **named_mean: Any) -> Any:
        given = (*mean, *named_mean.values())
        if given == (None,) or not given:
            return own_mean(data)
        values = data_for(lambda items: function(items, *mean, **named_mean), data)
        if len(given) == 1 and any_variable((*given, *values)):
            return function_of_data.record(*given, *values)
        return function(values, *mean, **named_mean)

    return call


def mean_and_deviation(function: Call, mean: Call, deviation: Call) -> Call:
    """Make what replaces the function that gives both."""

    def call(data: Any) -> Any:
        values = data_for(function, data)
        return (mean(values), deviation(values)) if any_variable(values) else function(values)

    return call


# -- their derivatives -------------------------------------------------------------------------------------------------


def gradient_of_mean(data: Sequence[Any], mean: Any) -> list[Any]:
    """Return the derivatives of a mean, one equal part each."""
    return [1.0 / len(data)] * len(data)


def gradient_of_harmonic_mean(data: Sequence[Any], mean: Any) -> list[Any]:
    """Return the square of mean / x, shared; 0 where a zero among the data made the mean 0."""
    return [mean / x * (mean / x) / len(data) if mean else 0.0 for x in data]


def gradient_of_weighted_harmonic_mean(inputs: Sequence[Any], mean: Any) -> list[Any]:
    """Return the derivatives by the data, then those by the weights."""
    half = len(inputs) // 2
    data, weights = inputs[:half], inputs[half:]
    if not mean:
        return [0.0] * len(inputs)
    total = math.fsum(weights)
    ratios = [mean / x if x else math.inf for x in data]
    by_data = [w * ratio * ratio / total if w else 0.0 for w, ratio in zip(weights, ratios, strict=True)]
    return [*by_data, *(mean * (1.0 - ratio) / total for ratio in ratios)]


def deviations(data: Sequence[Any]) -> list[Any]:
    """Return the data less their mean, without the error that rounding the mean would make."""
    mean = math.fsum(data) / len(data)
    rest = math.fsum([x - mean for x in data]) / len(data)
    return [x - mean - rest for x in data]


def gradients_of_variance(freedom: int) -> tuple[Gradient, Gradient]:
    """Return the derivatives of a variance: about the data's own mean, and about a given one."""

    def gradient(data: Sequence[Any], variance: Any) -> list[Any]:
        return [2.0 * d / (len(data) - freedom) for d in deviations(data)]

    def gradient_about_mean(inputs: Sequence[Any], variance: Any) -> list[Any]:
        mean, data = inputs[0], inputs[1:]
        by_data = [2.0 * (x - mean) / (len(data) - freedom) for x in data]
        return [-math.fsum(by_data), *by_data]

    return gradient, gradient_about_mean


def gradients_of_deviation(freedom: int) -> tuple[Gradient, Gradient]:
    """Return the derivatives of a standard deviation; like a distance it has derivative 0 where it is 0."""

    def gradient(data: Sequence[Any], deviation: Any) -> list[Any]:
        if not deviation:
            return [0.0] * len(data)
        return [d / deviation / (len(data) - freedom) for d in deviations(data)]

    def gradient_about_mean(inputs: Sequence[Any], deviation: Any) -> list[Any]:
        mean, data = inputs[0], inputs[1:]
        if not deviation:
            return [0.0] * len(inputs)
        by_data = [(x - mean) / deviation / (len(data) - freedom) for x in data]
        return [-math.fsum(by_data), *by_data]

    return gradient, gradient_about_mean


def gradient_of_quantile(inputs: Sequence[Any], x: Any) -> list[Any]:
    """Return the derivatives by probability (one over the density there), mean and deviation."""
    _, mean, sigma = inputs
    z = (x - mean) / sigma if sigma else 0.0
    # In two factors, because their product may overflow where exp would raise.
    growth = math.exp(0.25 * z * z)
    return [sigma * math.sqrt(math.tau) * growth * growth, 1.0, z]


helpers(deviations)
