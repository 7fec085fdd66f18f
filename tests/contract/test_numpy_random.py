"""Random numbers of numpy: the values that numpy draws, the stream as numpy leaves it, derivatives by parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy_differences import slope

import minitorch
from minitorch import Tensor

PARAMETERS: dict[str, tuple[float, ...]] = {
    "normal": (0.3, 0.7), "laplace": (0.3, 0.7), "logistic": (0.3, 0.7), "gumbel": (0.3, 0.7), "exponential": (0.6,),
    "rayleigh": (0.6,), "uniform": (0.2, 1.7), "lognormal": (0.2, 0.7), "weibull": (1.7,), "pareto": (1.5,),
    "power": (1.7,), "triangular": (0.2, 0.7, 1.9),
}  # fmt: skip

GENERATORS: dict[str, Callable[[], Any]] = {
    "Generator": lambda: np.random.default_rng(3),
    "RandomState": lambda: np.random.RandomState(3),
    "MT19937": lambda: np.random.Generator(np.random.MT19937(3)),
}


def check(program: Callable[..., Any], point: Any, tolerance: float = 1e-8) -> None:
    """Compare values to the last bit, and derivatives of both orders with differences."""
    point = np.asarray(point, float)
    expected = program(point)
    found = minitorch.detach(minitorch.trace(program)(Tensor(point)))
    assert np.array_equal(found, expected) and np.shape(found) == np.shape(expected)
    weights = np.cos(np.arange(np.size(expected))).reshape(np.shape(expected))
    direction = np.cos(1.0 + np.arange(point.size))

    def total(x: Any) -> Any:
        return np.sum(program(x) * weights)

    gradient = minitorch.grad(total)
    first = gradient(point) @ direction
    assert first == pytest.approx(slope(lambda h: total(point + h * direction)), rel=tolerance, abs=tolerance)
    assert minitorch.jvp(total, (point,), (direction,))[1] == pytest.approx(first, rel=1e-12, abs=1e-12)
    second = minitorch.jvp(lambda x: gradient(x) @ direction, (point,), (direction,))[1]
    difference = slope(lambda h: gradient(point + h * direction) @ direction)
    assert second == pytest.approx(difference, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("size", [None, 5, (2, 3)])
@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("kind", GENERATORS)
def test_a_draw_moves_with_its_parameters(kind: str, name: str, size: Any) -> None:
    def program(x: Any) -> Any:
        generator = GENERATORS[kind]()
        first = getattr(generator, name)(*x, size=size)
        # What comes after it is drawn from the same place in the stream.
        return first + generator.standard_normal(size)

    check(program, PARAMETERS[name])


def arrays(x: Any) -> Any:
    return np.random.default_rng(1).normal(x, 0.1 * x[0])


def by_name(x: Any) -> Any:
    return np.random.default_rng(1).normal(scale=x, loc=x[1], size=(2, 3))


def of_the_module(x: Any) -> Any:
    np.random.seed(4)
    return np.random.normal(x[0], x[1], 3) + np.random.uniform(x[0], 3.0, size=3) * np.random.randn(3)


def gamma(x: Any) -> Any:
    return np.random.default_rng(1).gamma(2.0, x, 3)


def vonmises(x: Any) -> Any:
    return np.random.default_rng(1).vonmises(x, 2.0)


def vectors(x: Any) -> Any:
    return np.random.default_rng(1).multivariate_normal(x, np.diag([1.0, 2.0, 3.0]), (2, 2))


def covariance(x: Any) -> Any:
    return np.array([[2.0 + x[0], 0.3 * x[1]], [0.3 * x[1], 1.0 + x[2]]])


def of_covariance(x: Any) -> Any:
    return np.random.default_rng(1).multivariate_normal(x[:2], covariance(x), 4)


def by_cholesky(x: Any) -> Any:
    return np.random.default_rng(1).multivariate_normal(x[:2], covariance(x), method="cholesky")


def by_eigh(x: Any) -> Any:
    return np.random.default_rng(1).multivariate_normal(x[:2], covariance(x), 2, method="eigh")


def of_covariance_by_the_old_one(x: Any) -> Any:
    return np.random.RandomState(1).multivariate_normal(x[:2], covariance(x), 3)


def chosen(x: Any) -> Any:
    return np.random.default_rng(1).choice(x * x, 5)


def chosen_once(x: Any) -> Any:
    return np.random.RandomState(1).choice(x * x, 2, replace=False, p=[0.2, 0.3, 0.5])


def chosen_alone(x: Any) -> Any:
    return np.random.default_rng(1).choice(x * x)


def chosen_rows(x: Any) -> Any:
    return np.random.default_rng(1).choice(np.stack([x, x * x]), 2, axis=1)


def permuted(x: Any) -> Any:
    generator = np.random.default_rng(1)
    rows = np.stack([x, x * x, x**3])
    return generator.permuted(rows, axis=1) + generator.permutation(rows) + generator.permutation(rows, axis=1)


def shuffled(x: Any) -> Any:
    rows = np.stack([x, x * x, x**3])
    np.random.default_rng(1).shuffle(rows)
    flat = x * 2.0
    np.random.RandomState(2).shuffle(flat)
    return rows * flat


def written(x: Any) -> Any:
    drawn, place = np.random.default_rng(1).random(3), np.zeros(3)
    np.random.default_rng(2).standard_normal(out=place)
    drawn[0] = x[0]
    return drawn * place * x


PROGRAMS = (
    arrays, by_name, of_the_module, gamma, vonmises, vectors, of_covariance, by_cholesky, by_eigh,
    of_covariance_by_the_old_one, chosen, chosen_once, chosen_alone, chosen_rows, permuted, shuffled, written,
)  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_program_that_draws(program: Callable[..., Any]) -> None:
    check(program, [0.5, 0.6, 0.7])


def of_numbers(mu: float, sigma: float) -> float:
    return np.random.default_rng(5).normal(mu, sigma) * np.random.default_rng(6).exponential(sigma)


def test_numbers_give_numbers() -> None:
    value, (by_mu, by_sigma) = minitorch.value_and_grad(of_numbers, (0, 1))(0.3, 0.7)
    assert value == of_numbers(0.3, 0.7)
    assert by_mu == pytest.approx(slope(lambda h: of_numbers(0.3 + h, 0.7)), rel=1e-9)
    assert by_sigma == pytest.approx(slope(lambda h: of_numbers(0.3, 0.7 + h)), rel=1e-9)


REFUSED: dict[str, tuple[Callable[..., Any], str]] = {
    "whole numbers": (lambda x: np.random.default_rng(1).poisson(x), r"poisson.*whole numbers.*minitorch\.detach"),
    "probabilities": (
        lambda x: np.random.default_rng(1).choice(3, 2, p=x / np.sum(x)), r"choice.*probabilities.*minitorch\.detach"
    ),
    "rejection": (lambda x: np.random.default_rng(1).beta(x, 1.0), r"beta.*accepts and rejects.*minitorch\.detach"),
    "a shape": (lambda x: np.random.gamma(x, 1.0), r"gamma.*by its shape.*minitorch\.detach"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_derivative_says_why(name: str) -> None:
    program, message = REFUSED[name]
    with pytest.raises(minitorch.HistoryLostError, match=message):
        minitorch.grad(lambda x: np.sum(program(x)))(np.array([0.5, 0.6, 0.7]))


def test_the_cure_for_whole_numbers_works() -> None:
    slopes = minitorch.grad(lambda x: np.sum(np.random.default_rng(1).poisson(minitorch.detach(x)) * x))(
        np.full(3, 4.0)
    )
    assert slopes.tolist() == np.random.default_rng(1).poisson(np.full(3, 4.0)).tolist()
