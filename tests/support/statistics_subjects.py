"""Functions that call `statistics` and `random`, written for floats. Nothing here knows of derivatives."""

from __future__ import annotations

import random
import statistics as st
import sys
from collections.abc import Callable
from statistics import NormalDist

Function = Callable[[float, float, float], float]

SUBJECTS: dict[str, Function] = {
    "mean": lambda a, b, c: st.mean([a, b, c, 2]),
    "mean of one": lambda a, b, c: st.mean(iter([b])),
    "fmean": lambda a, b, c: st.fmean([a, b, c, 2]),
    "geometric_mean": lambda a, b, c: st.geometric_mean([a, b, c, 2]),
    "harmonic_mean": lambda a, b, c: st.harmonic_mean([a, b, c, 2]),
    "harmonic_mean of one": lambda a, b, c: st.harmonic_mean([c]),
    "harmonic_mean, weights": lambda a, b, c: st.harmonic_mean([a, b, 2.0], weights=[b, c, 1]),
    "variance": lambda a, b, c: st.variance([a, b, c, 2]),
    "variance far from 0": lambda a, b, c: st.variance([a + 1e9, b + 1e9, c + 1e9]),
    "variance, xbar": lambda a, b, c: st.variance([a, b, 2], c),
    "variance, its own mean": lambda a, b, c: st.variance([a, b, c], xbar=st.mean([a, b, c])),
    "pvariance": lambda a, b, c: st.pvariance(x for x in (a, b, c)),
    "pvariance, mu": lambda a, b, c: st.pvariance([a, b, 2], mu=c),
    "stdev": lambda a, b, c: st.stdev((a, b, c, 2), None),
    "stdev, xbar": lambda a, b, c: st.stdev([a, b, 2], c),
    "pstdev": lambda a, b, c: st.pstdev([a, b, c, 2]),
    "pstdev, mu": lambda a, b, c: st.pstdev([a, b, 2], mu=c),
    "median": lambda a, b, c: st.median([a, b, c, 2]),
    "median_low": lambda a, b, c: st.median_low([a, b, c, 2]),
    "median_high": lambda a, b, c: st.median_high([a, b, c, 3.5]),
    "mode": lambda a, b, c: st.mode([a, b, a, c]),
    "quantiles": lambda a, b, c: sum(st.quantiles([a, b, c, 2.0])),
    "quantiles, inclusive": lambda a, b, c: sum(st.quantiles([a, b, c, 2.0], n=5, method="inclusive")),
    "covariance": lambda a, b, c: st.covariance([a, 2.0, b], [1.0, c, 3]),
    "correlation": lambda a, b, c: st.correlation([a, 2.0, b], [1.0, c, 3]),
    "linear_regression": lambda a, b, c: sum(st.linear_regression([a, 2.0, b], [1.0, c, 3])),
    "NormalDist.pdf": lambda a, b, c: NormalDist(a, b).pdf(c),
    "NormalDist.cdf": lambda a, b, c: NormalDist(a, b).cdf(c),
    "NormalDist.inv_cdf": lambda a, b, c: NormalDist(a, b).inv_cdf(c),
    "NormalDist.inv_cdf in the tail": lambda a, b, c: NormalDist(a, b).inv_cdf(c * 1e-9),
    "NormalDist.zscore": lambda a, b, c: NormalDist(a, b).zscore(c),
    "NormalDist.overlap": lambda a, b, c: NormalDist(a, b).overlap(NormalDist(c, 1.0)),
    "NormalDist + NormalDist": lambda a, b, c: (NormalDist(a, b) + NormalDist(c, 1.0)).stdev,
    "NormalDist * c": lambda a, b, c: (NormalDist(a, b) * c - a).variance,
    "NormalDist.from_samples": lambda a, b, c: NormalDist.from_samples([a, b, c]).pdf(1.0),
    "NormalDist.quantiles": lambda a, b, c: sum(NormalDist(a, b).quantiles(5)),
    "NormalDist.samples": lambda a, b, c: sum(NormalDist(a, b).samples(5, seed=3)),
    "gauss": lambda a, b, c: random.gauss(a, b) + random.gauss(b, c),
    "normalvariate": lambda a, b, c: random.normalvariate(a, b),
    "lognormvariate": lambda a, b, c: random.lognormvariate(a, c),
    "uniform": lambda a, b, c: random.uniform(a, b),
    "expovariate": lambda a, b, c: random.expovariate(a),
    "triangular": lambda a, b, c: random.triangular(c, b, a),
    "weibullvariate": lambda a, b, c: random.weibullvariate(a, b),
    "paretovariate": lambda a, b, c: random.paretovariate(a),
    "scale of gammavariate": lambda a, b, c: random.gammavariate(2.0, b),
    "location of vonmisesvariate": lambda a, b, c: random.vonmisesvariate(a, 2.0),
    "choices": lambda a, b, c: sum(random.choices([a, b, c], [1.0, 2.0, 0.5], k=9)),
    "sample": lambda a, b, c: random.sample([a, b, c], 1)[0] * random.choice([a, b, c]),
    "Random": lambda a, b, c: random.Random(3).gauss(a, b),
}

if sys.version_info >= (3, 11):
    SUBJECTS["fmean, weights"] = lambda a, b, c: st.fmean([a, b, c], [1, 2.0, b])
if sys.version_info >= (3, 13):
    SUBJECTS["kde"] = lambda a, b, c: st.kde([a, b, 2.0], h=c)(1.0)
