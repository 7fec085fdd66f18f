"""Distributions and summaries of `scipy.stats`, as functions of one array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy import stats

__all__ = ["CONTINUOUS", "DISCRETE", "FUNCTIONS", "NUMBERS"]

REAL: Final = [-0.7, 0.4, 1.9]
POSITIVE: Final = [0.3, 0.9, 2.0]
INSIDE: Final = [0.25, 0.5, 0.8]

CONTINUOUS: Final[dict[str, tuple[tuple[float, ...], list[float]]]] = {
    **{name: ((), REAL) for name in "norm cauchy laplace logistic gumbel_r gumbel_l hypsecant moyal".split()},
    **{name: ((), POSITIVE) for name in "expon rayleigh halfnorm halfcauchy maxwell levy".split()},
    "uniform": ((), INSIDE), "t": ((4.3,), REAL), "gamma": ((2.3,), POSITIVE), "chi2": ((3.2,), POSITIVE),
    "beta": ((2.2, 1.7), INSIDE), "lognorm": ((0.7,), POSITIVE), "weibull_min": ((1.6,), POSITIVE),
    "weibull_max": ((1.6,), [-0.3, -0.9, -2.0]), "pareto": ((2.3,), [1.4, 1.9, 3.0]), "gennorm": ((1.6,), REAL),
    "truncnorm": ((-1.2, 1.7), [-0.7, 0.4, 1.3]), "vonmises": ((1.4,), REAL), "wrapcauchy": ((0.4,), [0.7, 1.4, 2.9]),
    "f": ((3.2, 5.1), POSITIVE), "invgamma": ((2.3,), POSITIVE), "invgauss": ((0.8,), POSITIVE),
    "skewnorm": ((1.4,), REAL), "exponnorm": ((1.4,), REAL), "genextreme": ((0.3,), REAL),
    "genpareto": ((0.3,), POSITIVE), "johnsonsu": ((0.3, 1.2), REAL), "loggamma": ((1.4,), REAL),
    "nakagami": ((1.4,), POSITIVE), "rice": ((1.4,), POSITIVE), "powerlaw": ((1.6,), INSIDE),
    "burr12": ((2.0, 3.0), POSITIVE), "fisk": ((2.1,), POSITIVE), "chi": ((2.2,), POSITIVE),
    "gengamma": ((1.4, 2.1), POSITIVE), "exponweib": ((1.4, 2.1), POSITIVE), "lomax": ((1.7,), POSITIVE),
    "truncexpon": ((2.0,), [0.3, 0.9, 1.2]), "betaprime": ((2.0, 3.0), POSITIVE), "foldnorm": ((0.8,), POSITIVE),
    "gompertz": ((0.8,), POSITIVE), "cosine": ((), [-0.7, 0.4, 0.9]),
}  # fmt: skip
"""By name: shape parameters, and numbers within the support."""

DISCRETE: Final[dict[str, tuple[tuple[float, ...], list[int]]]] = {
    "poisson": ((2.3,), [0, 2, 5]), "binom": ((7, 0.3), [0, 2, 5]), "bernoulli": ((0.3,), [0, 1, 1]),
    "geom": ((0.3,), [1, 2, 5]), "nbinom": ((3.5, 0.4), [0, 2, 5]), "betabinom": ((7, 1.3, 2.2), [0, 2, 5]),
    "zipf": ((2.3,), [1, 2, 5]), "logser": ((0.4,), [1, 2, 5]), "planck": ((0.7,), [0, 2, 5]),
    "dlaplace": ((0.7,), [0, 2, -5]), "yulesimon": ((2.3,), [1, 2, 5]),
}  # fmt: skip
"""Likewise; of whole parameters there is no derivative."""

NUMBERS: Final = np.array([0.53, 1.3, 2.15, 0.92, 1.71])
OTHERS: Final = np.array([1.0, 2.0, 4.0, 3.0, 3.5])
COVARIANCE: Final = np.array([[2.0, 0.3], [0.3, 1.0]])

FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "gmean": lambda x: stats.gmean(x), "hmean": lambda x: stats.hmean(x), "pmean": lambda x: stats.pmean(x, 2.5),
    "gmean with weights": lambda x: stats.gmean(x, weights=OTHERS), "zscore": lambda x: stats.zscore(x),
    "skew": lambda x: stats.skew(x), "skew, unbiased": lambda x: stats.skew(x, bias=False),
    "kurtosis": lambda x: stats.kurtosis(x), "variation": lambda x: stats.variation(x), "sem": lambda x: stats.sem(x),
    "pearsonr": lambda x: stats.pearsonr(x, OTHERS)[0], "its p-value": lambda x: stats.pearsonr(x, OTHERS).pvalue,
    "linregress": lambda x: stats.linregress(OTHERS, x).slope, "stderr": lambda x: stats.linregress(x, OTHERS).stderr,
    "ttest_ind": lambda x: stats.ttest_ind(x, OTHERS).statistic, "ttest_1samp": lambda x: stats.ttest_1samp(x, 0.5)[0],
    "Welch": lambda x: stats.ttest_ind(x, OTHERS, equal_var=False).pvalue, "iqr": lambda x: stats.iqr(x),
    "ttest_rel": lambda x: stats.ttest_rel(x, OTHERS).statistic, "describe": lambda x: stats.describe(x).variance,
    "trim_mean": lambda x: stats.trim_mean(x, 0.2), "entropy": lambda x: stats.entropy(x),
    "relative entropy": lambda x: stats.entropy(x, OTHERS), "moment": lambda x: stats.moment(x, 3),
    "kstat": lambda x: stats.kstat(x, 3), "f_oneway": lambda x: stats.f_oneway(x, OTHERS).statistic,
    "boxcox": lambda x: stats.boxcox(x, 0.5), "boxcox_llf": lambda x: stats.boxcox_llf(x[0], OTHERS),
    "wasserstein_distance": lambda x: stats.wasserstein_distance(x, OTHERS), "circmean": lambda x: stats.circmean(x),
    "normal of many": lambda x: stats.multivariate_normal.logpdf(x[:2], np.zeros(2), COVARIANCE),
    "its mean": lambda x: stats.multivariate_normal.logpdf([0.3, 0.4], x[:2], COVARIANCE),
    "its covariance": lambda x: stats.multivariate_normal.logpdf([0.3, 0.4], None, np.diag(x[:2]) + 0.1 * x[2]),
    "its density": lambda x: stats.multivariate_normal.pdf(np.reshape(x[:4], (2, 2)), [0.0, 1.0], COVARIANCE),
    "a frozen one": lambda x: stats.multivariate_normal(x[:2], COVARIANCE).logpdf([1.0, 2.0]),
    "dirichlet": lambda x: stats.dirichlet.logpdf([0.2, 0.3, 0.5], x[:3]),
    "multinomial": lambda x: stats.multinomial.logpmf([1, 2, 3], 6, x[:3] / np.sum(x[:3])),
    "t of many": lambda x: stats.multivariate_t.logpdf(x[:2], [0.0, 0.0], COVARIANCE, 4.0),
    "gaussian_kde": lambda x: stats.gaussian_kde(x)(x[:2]),
    "its weights": lambda x: stats.gaussian_kde(OTHERS, weights=x)(1.0),
    "its logarithm": lambda x: stats.gaussian_kde(x, bw_method=0.4).logpdf([1.0, 2.0]),
    "of two axes": lambda x: stats.gaussian_kde(np.stack([x, OTHERS]))([[1.0], [2.0]]),
    "rvs": lambda x: stats.norm.rvs(x[0], x[1], size=3, random_state=1),
    "rvs of gamma": lambda x: stats.gamma.rvs(2.0, x[0], x[1], size=3, random_state=1),
    "rvs, frozen": lambda x: stats.expon(x[0], x[1]).rvs(2, random_state=3),
    "fit": lambda x: np.array(stats.norm.fit(x)),
    "interval": lambda x: np.array(stats.norm.interval(0.9, x[0], x[1])),
    "nnlf": lambda x: stats.norm.nnlf((x[0], x[1]), OTHERS),
    "moments": lambda x: np.array(stats.gamma.stats(x[0], moments="mvsk")),
    "entropy of gamma": lambda x: stats.gamma.entropy(x[0], scale=x[1]), "std": lambda x: stats.beta.std(x[0], x[1]),
    "a list": lambda x: stats.norm.logpdf([x[0], 1.0], loc=x[1], scale=2.0),
    "by name": lambda x: stats.t.cdf(x=x, df=x[0], loc=0.3), "ncx2": lambda x: stats.ncx2.logcdf(x, 3.1, x[0]),
    "broadcast": lambda x: stats.gamma.logpdf(OTHERS, x[:, None]), "median": lambda x: stats.gamma.median(x),
}  # fmt: skip
"""Functions of five numbers."""
