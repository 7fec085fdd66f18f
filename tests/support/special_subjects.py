"""Functions of `scipy.special` as mpmath has them, or as what defines them, with points to differentiate them at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import mpmath as mp

__all__ = ["DEFINITIONS", "POINTS", "points_of"]


def lower(a: Any, x: Any) -> Any:
    """Return the regularised lower incomplete gamma function."""
    return mp.gammainc(a, 0, x, regularized=True)


def part(a: Any, b: Any, x: Any) -> Any:
    """Return the regularised incomplete beta function."""
    return mp.betainc(a, b, 0, x, regularized=True)


def student(df: Any, t: Any) -> Any:
    """Return Student's distribution function."""
    return (1 + mp.sign(t) * part(mp.mpf(1) / 2, df / 2, t * t / (df + t * t))) / 2


def fisher(a: Any, b: Any, x: Any) -> Any:
    """Return Fisher's distribution function."""
    return part(a / 2, b / 2, a * x / (b + a * x))


def relative(u: Any) -> Any:
    """Return (exp(u) - 1) / u."""
    return mp.expm1(u) / u if u else mp.mpf(1)


def inverse_boxcox(x: Any, power: Any) -> Any:
    """Return the inverse of the transformation of Box and Cox."""
    return (1 + power * x) ** (1 / power) if power else mp.exp(x)


def kolmogorov(x: Any) -> Any:
    """Return the survival function of Kolmogorov's distribution."""
    return 2 * mp.nsum(lambda k: (-1) ** (int(k) - 1) * mp.exp(-2 * k * k * x * x), [1, 30])


def owens_t(h: Any, a: Any) -> Any:
    """Return Owen's function."""
    return mp.quad(lambda t: mp.exp(-h * h * (1 + t * t) / 2) / (1 + t * t), [0, a]) / (2 * mp.pi)


def noncentral(x: Any, df: Any, shift: Any) -> Any:
    """Return the noncentral chi-square distribution function."""
    weight = lambda k: mp.exp(-shift / 2) * (shift / 2) ** int(k) / mp.factorial(int(k))  # noqa: E731
    return mp.fsum(weight(k) * lower(df / 2 + k, x / 2) for k in range(40))


def faddeeva(z: Any) -> Any:
    """Return Faddeeva's function."""
    return mp.exp(-z * z) * mp.erfc(-1j * z)


def voigt(x: Any, sigma: Any, gamma: Any) -> Any:
    """Return the Voigt profile."""
    return mp.re(faddeeva((x + 1j * gamma) / (sigma * mp.sqrt(2)))) / (sigma * mp.sqrt(2 * mp.pi))


def amplitude(u: Any, m: Any) -> Any:
    """Return Jacobi's amplitude, of u below half a period."""
    return mp.asin(mp.ellipfun("sn", u, m))


Definition = Callable[..., Any]

DEFINITIONS: Final[dict[str, Definition | tuple[Definition, ...]]] = {
    # -- bells and integrals
    "erf": mp.erf, "erfc": mp.erfc, "erfi": mp.erfi, "erfcx": lambda x: mp.exp(x * x) * mp.erfc(x),
    "dawsn": lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x), "erfinv": mp.erfinv,
    "erfcinv": lambda x: mp.erfinv(1 - x), "ndtr": mp.ncdf, "log_ndtr": lambda x: mp.log(mp.ncdf(x)),
    "ndtri": lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1),
    "ndtri_exp": lambda p: mp.sqrt(2) * mp.erfinv(2 * mp.exp(p) - 1),
    "voigt_profile": voigt, "owens_t": owens_t, "expi": mp.ei, "exp1": mp.e1, "expn": mp.expint,
    "sici": (mp.si, mp.ci), "shichi": (mp.shi, mp.chi), "fresnel": (mp.fresnels, mp.fresnelc),
    # -- elementary ones
    "exprel": relative, "cosm1": lambda x: mp.cos(x) - 1, "expm1": mp.expm1, "log1p": mp.log1p, "cbrt": mp.cbrt,
    "exp2": lambda x: mp.mpf(2) ** x, "exp10": lambda x: mp.mpf(10) ** x, "xlogy": lambda x, y: x * mp.log(y),
    "xlog1py": lambda x, y: x * mp.log1p(y), "entr": lambda x: -x * mp.log(x),
    "rel_entr": lambda x, y: x * mp.log(x / y), "kl_div": lambda x, y: x * mp.log(x / y) - x + y,
    "pseudo_huber": lambda d, r: d * d * (mp.sqrt(1 + (r / d) ** 2) - 1), "expit": lambda x: 1 / (1 + mp.exp(-x)),
    "logit": lambda x: mp.log(x / (1 - x)),
    "log_expit": lambda x: -mp.log1p(mp.exp(-x)), "boxcox": lambda x, p: mp.log(x) * relative(p * mp.log(x)),
    "boxcox1p": lambda x, p: mp.log1p(x) * relative(p * mp.log1p(x)), "inv_boxcox": inverse_boxcox,
    "inv_boxcox1p": lambda x, p: inverse_boxcox(x, p) - 1, "powm1": lambda x, y: x**y - 1, "agm": mp.agm,
    "spence": lambda z: mp.re(mp.polylog(2, 1 - z)), "tandg": lambda x: mp.tan(x * mp.pi / 180),
    "cotdg": lambda x: mp.cot(x * mp.pi / 180), "wrightomega": lambda x: mp.lambertw(mp.exp(x)),
    # -- the gamma function
    "gamma": mp.gamma, "gammaln": lambda x: mp.log(abs(mp.gamma(x))), "rgamma": mp.rgamma, "psi": mp.digamma,
    "beta": mp.beta, "betaln": lambda a, b: mp.log(mp.beta(a, b)), "binom": mp.binomial, "poch": mp.rf,
    "_zeta": lambda s, q: mp.zeta(s, q), "_riemann_zeta": mp.zeta, "zetac": lambda s: mp.zeta(s) - 1,
    # -- incomplete functions, and distributions
    "gammainc": lower, "gammaincc": lambda a, x: 1 - lower(a, x), "betainc": part,
    "betaincc": lambda a, b, x: 1 - part(a, b, x), "chdtr": lambda v, x: lower(v / 2, x / 2),
    "chdtrc": lambda v, x: 1 - lower(v / 2, x / 2), "gdtr": lambda a, b, x: lower(b, a * x),
    "gdtrc": lambda a, b, x: 1 - lower(b, a * x), "pdtr": lambda k, m: 1 - lower(mp.floor(k) + 1, m),
    "pdtrc": lambda k, m: lower(mp.floor(k) + 1, m), "bdtr": lambda k, n, p: part(n - k, k + 1, 1 - p),
    "bdtrc": lambda k, n, p: part(k + 1, n - k, p), "nbdtr": lambda k, n, p: part(n, k + 1, p), "fdtr": fisher,
    "fdtrc": lambda a, b, x: 1 - fisher(a, b, x), "stdtr": student, "kolmogorov": kolmogorov, "chndtr": noncentral,
    # -- Bessel's functions
    "jv": mp.besselj, "yv": mp.bessely, "iv": mp.besseli, "kv": mp.besselk, "yn": mp.bessely, "kn": mp.besselk,
    "jve": mp.besselj, "ive": lambda v, x: mp.exp(-x) * mp.besseli(v, x),
    "kve": lambda v, x: mp.exp(x) * mp.besselk(v, x), "j0": mp.j0, "j1": mp.j1, "y0": lambda x: mp.bessely(0, x),
    "y1": lambda x: mp.bessely(1, x), "i0": lambda x: mp.besseli(0, x), "i1": lambda x: mp.besseli(1, x),
    "i0e": lambda x: mp.exp(-abs(x)) * mp.besseli(0, x), "i1e": lambda x: mp.exp(-abs(x)) * mp.besseli(1, x),
    "k0": lambda x: mp.besselk(0, x), "k1": lambda x: mp.besselk(1, x),
    "k0e": lambda x: mp.exp(x) * mp.besselk(0, x), "k1e": lambda x: mp.exp(x) * mp.besselk(1, x),
    "airy": (mp.airyai, lambda x: mp.airyai(x, derivative=1), mp.airybi, lambda x: mp.airybi(x, derivative=1)),
    "ber": lambda x: mp.ber(0, x), "bei": lambda x: mp.bei(0, x), "ker": lambda x: mp.ker(0, x),
    "kei": lambda x: mp.kei(0, x), "berp": lambda x: mp.diff(lambda t: mp.ber(0, t), x),
    "beip": lambda x: mp.diff(lambda t: mp.bei(0, t), x), "struve": mp.struveh, "modstruve": mp.struvel,
    "_spherical_jn": lambda n, x: mp.sqrt(mp.pi / 2 / x) * mp.besselj(n + mp.mpf(1) / 2, x),
    "_spherical_kn": lambda n, x: mp.sqrt(mp.pi / 2 / x) * mp.besselk(n + mp.mpf(1) / 2, x),
    "wright_bessel": lambda a, b, x: mp.nsum(lambda k: x**k / mp.factorial(k) * mp.rgamma(a * k + b), [0, 40]),
    "pbdv": (mp.pcfd, lambda v, x: mp.diff(lambda t: mp.pcfd(v, t), x)),
    # -- elliptic integrals
    "ellipk": mp.ellipk, "ellipkm1": lambda p: mp.ellipk(1 - p), "ellipe": mp.ellipe, "ellipkinc": mp.ellipf,
    "ellipeinc": mp.ellipe, "elliprc": mp.elliprc, "elliprf": mp.elliprf, "elliprd": mp.elliprd,
    "elliprj": mp.elliprj, "elliprg": mp.elliprg,
    "ellipj": (
        lambda u, m: mp.ellipfun("sn", u, m), lambda u, m: mp.ellipfun("cn", u, m),
        lambda u, m: mp.ellipfun("dn", u, m), amplitude,
    ),
    # -- polynomials and hypergeometric functions
    "eval_legendre": mp.legendre, "eval_chebyt": mp.chebyt, "eval_chebyu": mp.chebyu, "eval_hermite": mp.hermite,
    "eval_chebyc": lambda n, x: 2 * mp.chebyt(n, x / 2), "eval_chebys": lambda n, x: mp.chebyu(n, x / 2),
    "eval_hermitenorm": lambda n, x: mp.hermite(n, x / mp.sqrt(2)) / mp.sqrt(2) ** n,
    "eval_laguerre": lambda n, x: mp.laguerre(n, 0, x), "eval_genlaguerre": mp.laguerre,
    "eval_gegenbauer": mp.gegenbauer, "eval_jacobi": mp.jacobi,
    "eval_sh_legendre": lambda n, x: mp.legendre(n, 2 * x - 1),
    "eval_sh_chebyt": lambda n, x: mp.chebyt(n, 2 * x - 1), "eval_sh_chebyu": lambda n, x: mp.chebyu(n, 2 * x - 1),
    "eval_sh_jacobi": lambda n, p, q, x: mp.jacobi(n, p - q, q - 1, 2 * x - 1) / mp.binomial(2 * n + p - 1, n),
    "hyp0f1": mp.hyp0f1, "hyp1f1": mp.hyp1f1, "hyp2f1": mp.hyp2f1, "hyperu": mp.hyperu,
}  # fmt: skip
"""By the name of a ufunc of `scipy.special`: what each of its outputs is, with any number of digits."""

HALVES: Final = [(0.23,), (0.61,), (0.9,)]

USUAL: Final[dict[int, list[tuple[Any, ...]]]] = {
    1: [(0.37,), (1.7,), (3.2,)],
    2: [(1.3, 0.7), (2.6, 0.45)],
    3: [(1.3, 2.2, 0.4), (2.7, 0.8, 0.61)],
    4: [(1.3, 0.7, 2.2, 0.4)],
}
"""By the number of arguments."""

SHAPES: Final = [(1.3, 2.2, 0.4), (0.5, 0.5, 0.93), (30.0, 60.0, 0.3), (0.2, 8.0, 0.7)]
WHOLE: Final = [(3, 0.4), (0, 0.4), (1, 0.3)]
ORDERS: Final = [(2, 0.7), (0, 1.3), (0.5, 2.2)]

POINTS: Final[dict[str, list[tuple[Any, ...]]]] = {
    **dict.fromkeys(("erfinv", "erfcinv", "ndtri", "logit", "ellipkm1", "kolmogi"), HALVES),
    **{name: [*HALVES, (-1.5,), (0.0,)] for name in ("ellipk", "ellipe")},
    **dict.fromkeys((f"eval_{name}" for name in "legendre chebyt chebyu chebyc chebys laguerre".split()), WHOLE),
    **dict.fromkeys((f"eval_{name}" for name in "hermite hermitenorm".split()), WHOLE),
    **dict.fromkeys((f"eval_sh_{name}" for name in "legendre chebyt chebyu".split()), WHOLE),
    **dict.fromkeys("jv yv iv jve ive struve modstruve".split(), ORDERS),
    **{name: [*ORDERS, (1.3, 0.05), (-0.4, 1.0), (30.5, 2.0)] for name in ("kv", "kve")},
    **{name: [(2, 0.7), (0, 1.3)] for name in ("yn", "kn")},
    **{name: [(1, 0.7), (0, 1.3), (3, 2.0)] for name in ("_spherical_jn", "_spherical_kn")},
    **{name: [(0.3, 0.2), (1.3, 0.7), (10.0, 12.0), (2.0, 9.0), (0.05, 0.01)] for name in ("gammainc", "gammaincc")},
    **dict.fromkeys(("betainc", "betaincc"), SHAPES),
    **{name: [(2, 5, 0.3)] for name in ("bdtr", "bdtrc", "nbdtr")},
    **{name: [(2, 1.3)] for name in ("pdtr", "pdtrc")},
    **{name: [(0.5, 0.3), (4.0, 0.3), (-1.0, 0.8), (0.5, 0.0), (1.0, -2.0)] for name in ("ellipkinc", "ellipeinc")},
    **{name: [(1.5,), (2.4,), (8.0,)] for name in ("_riemann_zeta", "zetac")},
    "ndtri_exp": [(-0.3,), (-2.0,), (-9.0,)], "log_ndtr": [(0.7,), (-5.0,), (-30.0,), (9.0,)], "_zeta": USUAL[2],
    "gamma": [(0.37,), (3.2,), (-2.3,)], "gammaln": [(0.37,), (3.2,), (-2.3,)], "psi": [(0.37,), (3.2,), (-2.3,)],
    "rgamma": [(0.37,), (3.2,), (-2.0,), (0.0,), (-3.3,)], "poch": [(1.3, 2.0), (0.0, 2.0), (-1.0, 3.0)],
    "binom": [(4.3, 2.0), (1.0, 2.0), (5.0, 2.0), (5.2, 1.3), (-2.5, 2.0)], "expn": [(2, 0.7), (0, 0.7), (5, 2.0)],
    "exprel": [(0.5,), (-3.0,), (1e-9,), (0.0,)], "boxcox": [(1.3, 0.7), (1.3, 0.0), (3.0, -1.0)],
    "boxcox1p": [(1.3, 0.7), (0.3, 0.0)], "inv_boxcox": [(1.3, 0.7), (0.5, -1.0)], "inv_boxcox1p": [(1.3, 0.7)],
    "agm": [(1.3, 0.7), (2.0, 2.0)], "spence": [(0.3,), (1.2,), (4.0,), (0.7,)], "owens_t": [(0.4, 0.5), (1.3, -2.0)],
    "tandg": [(30.0,)], "cotdg": [(30.0,)], "fdtr": [(2.5, 4.0, 1.3), (5.0, 3.0, 0.2)], "fdtrc": [(2.5, 4.0, 1.3)],
    "stdtr": [(2.5, 1.3), (40.0, -0.7), (0.5, 9.0)], "kolmogorov": [(0.6,), (0.9,), (1.7,)],
    "chndtr": [(2.5, 3.0, 1.2)], "pbdv": [(1.3, 0.7)], "wright_bessel": [(1.0, 1.5, 0.7)],
    "elliprc": [(1.3, 0.7), (0.7, 1.3)], "elliprd": [(1.3, 0.7, 0.2), (0.5, 1.0, 1.02)],
    "elliprj": [(1.3, 0.7, 0.2, 0.5), (1.2, 0.5, 0.9, 0.92)], "ellipj": [(0.5, 0.3), (0.7, 0.01)],
    "eval_genlaguerre": [(3, 0.5, 0.7), (0, 0.5, 0.7)], "eval_gegenbauer": [(3, 0.5, 0.7)],
    "eval_jacobi": [(3, 0.5, 1.2, 0.4), (0, 0.5, 1.2, 0.4)], "eval_sh_jacobi": [(3, 2.5, 1.2, 0.4)],
    "hyp2f1": [(1.0, 2.0, 3.0, 0.4), (0.5, 1.2, 2.3, -3.0)], "hyp1f1": [(1.3, 2.2, 0.7), (1.3, 2.2, -3.0)],
}  # fmt: skip
"""By name, where the function is differentiated; elsewhere at points that usual functions of as many arguments have."""


def points_of(name: str, arguments: int) -> list[tuple[Any, ...]]:
    """Return the points of a function of some number of arguments."""
    return POINTS.get(name) or USUAL[arguments]
