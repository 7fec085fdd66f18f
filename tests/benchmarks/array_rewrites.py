"""What the array programs are for libraries that do not take numpy's code as it is.

autograd and jax take most of it with another `np`, but nothing that writes into arrays. torch has names of its own.
"""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

__all__ = ["TorchPrograms", "functional", "indexed"]


def functional(np: Any) -> dict[str, Any]:
    """Return the programs that write into arrays, without writing: what users of autograd turn them into."""

    def heat_equation(program: ModuleType, u: Any) -> Any:
        for _ in range(program.STEPS):
            inner = u[1:-1] + 0.2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            u = np.concatenate([u[:1], inner, u[-1:]])
        return np.sum(u * u)

    def forest_fire(program: ModuleType, fuel: Any) -> Any:
        heat = np.pad(np.ones((8, 8)), 28)
        for _ in range(program.STEPS):
            burning = (heat > 0.25) & ~program.WET
            burned = np.where(burning, 0.2 * fuel, 0.0)
            fuel = fuel - burned
            inner = heat[1:-1, 1:-1]
            spread = 0.2 * (heat[2:, 1:-1] + heat[:-2, 1:-1] + heat[1:-1, 2:] + heat[1:-1, :-2] - 4.0 * inner)
            heat = heat + np.pad(spread, 1, "constant") + 1.5 * burned
            heat = np.where(program.WET, 0.9 * heat, heat) * 0.98
        return np.sum(heat * heat)

    return {"heat_equation": heat_equation, "forest_fire": forest_fire}


def indexed(np: Any) -> dict[str, Any]:
    """Return the programs that write into arrays, with jax's `x.at[…]`."""

    def heat_equation(program: ModuleType, u: Any) -> Any:
        for _ in range(program.STEPS):
            u = u.at[1:-1].add(0.2 * (u[2:] - 2.0 * u[1:-1] + u[:-2]))
        return np.sum(u * u)

    def forest_fire(program: ModuleType, fuel: Any) -> Any:
        heat = np.zeros((64, 64)).at[28:36, 28:36].set(1.0)
        for _ in range(program.STEPS):
            burning = (heat > 0.25) & ~program.WET
            burned = np.where(burning, 0.2 * fuel, 0.0)
            fuel = fuel - burned
            inner = heat[1:-1, 1:-1]
            heat = heat.at[1:-1, 1:-1].add(
                0.2 * (heat[2:, 1:-1] + heat[:-2, 1:-1] + heat[1:-1, 2:] + heat[1:-1, :-2] - 4.0 * inner)
            )
            heat = heat + 1.5 * burned
            heat = np.where(program.WET, 0.9 * heat, heat) * 0.98
        return np.sum(heat * heat)

    return {"heat_equation": heat_equation, "forest_fire": forest_fire}


class TorchPrograms:
    """The programs in torch.

    Args:
        torch: the library.
    """

    def __init__(self, torch: ModuleType) -> None:
        self.torch = torch

    def logistic_regression(self, c: SimpleNamespace, weights: Any) -> Any:
        """Do what the program of that name does."""
        z = c.SAMPLES @ weights
        return self.torch.mean(self.torch.log1p(self.torch.exp(-z)) + (1.0 - c.LABELS) * z)

    def two_layer_network(self, c: SimpleNamespace, parameters: Any) -> Any:
        """Do what the program of that name does."""
        hidden = self.torch.tanh(c.SAMPLES @ parameters[0] + parameters[1])
        output = hidden @ parameters[2] + parameters[3]
        return self.torch.mean((output - c.TARGETS) ** 2)

    def black_scholes_book(self, c: SimpleNamespace, parameters: Any) -> Any:
        """Do what the program of that name does."""
        torch = self.torch

        def normal_distribution(x: Any) -> Any:
            k = 1.0 / (1.0 + 0.2316419 * torch.abs(x))
            series = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
            tail = torch.exp(-0.5 * x * x) * 0.3989422804014327 * series
            return torch.where(x >= 0, 1.0 - tail, tail)

        volatility, rate = parameters[0], parameters[1]
        spread = volatility * torch.sqrt(c.YEARS)
        d1 = (torch.log(c.SPOT / c.STRIKE) + (rate + 0.5 * volatility * volatility) * c.YEARS) / spread
        d2 = d1 - spread
        discount = torch.exp(-rate * c.YEARS)
        return torch.sum(c.SPOT * normal_distribution(d1) - c.STRIKE * discount * normal_distribution(d2))

    def heat_equation(self, c: SimpleNamespace, u: Any) -> Any:
        """Do what the program of that name does, without writing."""
        for _ in range(c.STEPS):
            inner = u[1:-1] + 0.2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            u = self.torch.cat([u[:1], inner, u[-1:]])
        return self.torch.sum(u * u)

    def kalman_filter(self, c: SimpleNamespace, noise: Any) -> Any:
        """Do what the program of that name does."""
        torch = self.torch
        process, measurement = noise[0] * torch.eye(4, dtype=torch.float64), noise[1]
        state, covariance = torch.zeros(4, dtype=torch.float64), torch.eye(4, dtype=torch.float64)
        total = 0.0
        for z in c.MEASURED.tolist():
            state = c.MOTION @ state
            covariance = c.MOTION @ covariance @ c.MOTION.T + process
            residual = z - c.SENSOR @ state
            variance = c.SENSOR @ covariance @ c.SENSOR + measurement
            gain = covariance @ c.SENSOR / variance
            state = state + gain * residual
            covariance = covariance - torch.outer(gain, c.SENSOR) @ covariance
            total = total + 0.5 * (torch.log(variance) + residual * residual / variance)
        return total

    def many_bodies(self, c: SimpleNamespace, start: Any) -> Any:
        """Do what the program of that name does."""
        positions, velocities = start, c.VELOCITIES
        for _ in range(c.STEPS):
            d = positions[None, :, :] - positions[:, None, :]
            inverse = (self.torch.sum(d * d, dim=-1) + 0.01) ** -1.5
            acceleration = self.torch.sum(d * (inverse * c.MASSES[None, :])[:, :, None], dim=1)
            velocities = velocities + 0.01 * acceleration
            positions = positions + 0.01 * velocities
        return self.torch.sum(positions * positions)

    def gaussian_process(self, c: SimpleNamespace, logarithms: Any) -> Any:
        """Do what the program of that name does."""
        torch = self.torch
        height, length, noise = torch.exp(logarithms)
        distance = (c.POINTS[:, None] - c.POINTS[None, :]) / length
        noises = (noise**2 + 1e-8) * torch.eye(len(c.POINTS), dtype=torch.float64)
        factor = torch.linalg.cholesky(height**2 * torch.exp(-0.5 * distance**2) + noises)
        weights = torch.linalg.solve(factor, c.VALUES)
        return 0.5 * weights @ weights + torch.sum(torch.log(torch.diag(factor)))

    def forest_fire(self, c: SimpleNamespace, fuel: Any) -> Any:
        """Do what the program of that name does, without writing."""
        torch = self.torch
        pad = torch.nn.functional.pad
        heat = pad(torch.ones(8, 8, dtype=torch.float64), (28, 28, 28, 28))
        for _ in range(c.STEPS):
            burning = (heat > 0.25) & ~c.WET
            burned = torch.where(burning, 0.2 * fuel, 0.0)
            fuel = fuel - burned
            inner = heat[1:-1, 1:-1]
            spread = 0.2 * (heat[2:, 1:-1] + heat[:-2, 1:-1] + heat[1:-1, 2:] + heat[1:-1, :-2] - 4.0 * inner)
            heat = heat + pad(spread, (1, 1, 1, 1)) + 1.5 * burned
            heat = torch.where(c.WET, 0.9 * heat, heat) * 0.98
        return torch.sum(heat * heat)

    def asian_option(self, c: SimpleNamespace, parameters: Any) -> Any:
        """Do what the program of that name does."""
        torch = self.torch
        spot, rate, volatility = parameters
        drift = (rate - 0.5 * volatility**2) * c.STEP
        paths = spot * torch.exp(torch.cumsum(drift + volatility * c.STEP**0.5 * c.DRAWN, dim=1))
        payoff = torch.clamp(torch.mean(paths, dim=1) - 100.0, min=0.0)
        alive = torch.amax(paths, dim=1) < 160.0
        return torch.exp(-rate) * torch.mean(torch.where(alive, payoff, 0.0))

    def spectral_waves(self, c: SimpleNamespace, start: Any) -> Any:
        """Do what the program of that name does."""
        fft = self.torch.fft
        waves = fft.rfft(start)
        for _ in range(c.STEPS):
            u = fft.irfft(waves)
            slope = fft.irfft(1j * c.WAVES * waves)
            waves = (waves - 0.005 * fft.rfft(u * slope)) * c.DECAY
        return self.torch.sum(fft.irfft(1j * c.WAVES * waves) ** 2) / 256
