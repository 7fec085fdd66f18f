"""Predators and prey, integrated by scipy: plain Python."""

import numpy as np
from scipy.integrate import solve_ivp

YEARS = np.arange(0.0, 21.0)
# Thousands of pelts of hares and lynxes that the Hudson Bay Company took, 1900 to 1920.
HARES = np.array([30, 47.2, 70.2, 77.4, 36.3, 20.6, 18.1, 21.4, 22, 25.4, 27.1, 40.3, 57, 76.6, 52.3, 19.5, 11.2, 7.6,
                  14.6, 16.2, 24.7])  # fmt: skip
LYNXES = np.array([4, 6.1, 9.8, 35.2, 59.4, 41.7, 19, 13, 8.3, 9.1, 7.4, 8, 12.3, 19.5, 45.7, 51.1, 29.7, 15.8, 9.7,
                   10.1, 8.6])  # fmt: skip


def populations(parameters, years=YEARS):
    """Hares and lynxes by the model of Lotka and Volterra."""
    birth, hunt, death, growth, hares, lynxes = parameters

    def change(t, y):
        return [birth * y[0] - hunt * y[0] * y[1], growth * y[0] * y[1] - death * y[1]]

    solution = solve_ivp(change, (years[0], years[-1]), [hares, lynxes], t_eval=years, rtol=1e-6, atol=1e-6)
    return solution.y


def misfit(parameters):
    """The sum of the squares of differences between logarithms."""
    hares, lynxes = populations(np.exp(parameters))
    return np.sum((np.log(hares) - np.log(HARES)) ** 2) + np.sum((np.log(lynxes) - np.log(LYNXES)) ** 2)
