"""Derivatives of functions of `scipy.special`, against mpmath and against differences, as arrays and as numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import mpmath as mp
import numpy as np
import pytest
from scipy import special
from special_subjects import DEFINITIONS, points_of

import minitorch
from minitorch.rules.real import zero
from minitorch.rules.scipy_special.table import UFUNCS

BY_NAME: Final = {ufunc.__name__: ufunc for ufunc in UFUNCS}


NO_UFUNCS: Final = {
    "Python around functions with rows": """assoc_laguerre comb diric factorial h1vp h2vp ivp jvp kvp lambertw
        multigammaln perm polygamma sinc softplus spherical_in spherical_jn spherical_kn spherical_yn yvp zeta""",
    "polynomials that are called with their argument": """chebyc chebys chebyt chebyu gegenbauer genlaguerre hermite
        hermitenorm jacobi laguerre legendre sh_chebyt sh_chebyu sh_jacobi sh_legendre""",
    "rows of their own": """assoc_legendre_p assoc_legendre_p_all legendre_p legendre_p_all log_softmax logsumexp
        softmax sph_harm_y sph_harm_y_all sph_legendre_p sph_legendre_p_all""",
    "of whole numbers alone": """ai_zeros bei_zeros beip_zeros ber_zeros bernoulli berp_zeros bi_zeros erf_zeros euler
        factorial2 factorialk fresnel_zeros fresnelc_zeros fresnels_zeros jn_zeros jnjnp_zeros jnp_zeros jnyn_zeros
        kei_zeros keip_zeros kelvin_zeros ker_zeros kerp_zeros stirling2 y0_zeros y1_zeros y1p_zeros yn_zeros ynp_zeros
        h_roots he_roots l_roots p_roots ps_roots roots_chebyc roots_chebys roots_chebyt roots_chebyu roots_hermite
        roots_hermitenorm roots_laguerre roots_legendre roots_sh_chebyt roots_sh_chebyu roots_sh_legendre c_roots
        s_roots t_roots ts_roots u_roots us_roots""",
    "Python around code in C that says that it has no rule": """clpmn ellip_harm ellip_harm_2 ellip_normal lmbda lpmn
        lpn lqmn lqn mathieu_even_coef mathieu_odd_coef obl_cv_seq pbdn_seq pbdv_seq pbvv_seq pro_cv_seq riccati_jn
        riccati_yn cg_roots j_roots js_roots la_roots roots_gegenbauer roots_genlaguerre roots_jacobi
        roots_sh_jacobi""",
    "no functions": "SpecialFunctionError SpecialFunctionWarning errstate geterr seterr test",
}
"""Callables of `scipy.special` that are no ufuncs, by what is done with them."""


def test_every_public_callable_has_a_row_or_a_reason() -> None:
    named = {name for names in NO_UFUNCS.values() for name in names.split()}
    public = {name for name in dir(special) if not name.startswith("_") and callable(getattr(special, name))}
    left = {name for name in public if getattr(special, name) not in UFUNCS} - named
    assert not left


def test_every_row_has_a_partial_for_each_output_and_input() -> None:
    for ufunc, rows in UFUNCS.items():
        assert len(rows) == ufunc.nout, ufunc
        assert all(len(partials) == ufunc.nin for partials in rows), ufunc


def cases() -> list[Any]:
    """Return each output of each defined function at each of its points."""
    found = []
    for name, definition in DEFINITIONS.items():
        ufunc = BY_NAME.get(name)
        if ufunc is None:  # this version of scipy has it not
            continue
        outputs = definition if isinstance(definition, tuple) else (definition,)
        for output, function in enumerate(outputs):
            for point in points_of(name, ufunc.nin):
                label = f"{name}{output if ufunc.nout > 1 else ''}{point}"
                found.append(pytest.param(ufunc, output, function, point, id=label))
    return found


def known_inputs(ufunc: Any, output: int) -> list[int]:
    """Return the positions of the inputs by which the derivative is known, and not 0 everywhere."""
    return [index for index, partial in enumerate(UFUNCS[ufunc][output]) if partial not in (None, zero)]


def along(ufunc: Any, output: int, point: tuple[Any, ...], indices: list[int]) -> Callable[[Any], Any]:
    """Return one output as a function of some of the inputs."""

    def value(x: Any) -> Any:
        inputs = list(point)
        for position, index in enumerate(indices):
            inputs[index] = x[position]
        result = ufunc(*inputs)
        return result[output] if ufunc.nout > 1 else result

    return value


@pytest.mark.parametrize(("ufunc", "output", "function", "point"), cases())
def test_derivatives_are_those_of_the_definition(ufunc: Any, output: int, function: Any, point: Any) -> None:
    indices = known_inputs(ufunc, output)
    value = along(ufunc, output, point, indices)
    x = np.array([float(point[index]) for index in indices])
    with mp.workdps(30):
        exact = [mp.mpf(v) if type(v) is float else v for v in point]
        orders = [tuple(int(index == i) for i in range(len(point))) for index in indices]
        first = np.array([float(mp.re(mp.diff(function, tuple(exact), n))) for n in orders])
        twice = [tuple(2 * n for n in order) for order in orders]
        second = np.array([float(mp.re(mp.diff(function, tuple(exact), n))) for n in twice])
    gradient = minitorch.grad(value)(x)
    np.testing.assert_allclose(gradient, first, rtol=1e-10, atol=1e-14)
    hessian = minitorch.hessian(value, special_points="ignore")(x)
    np.testing.assert_allclose(np.diag(hessian), second, rtol=1e-6, atol=1e-9)
    direction = np.linspace(1.0, 2.0, len(x))
    forward = minitorch.jvp(value, (x,), (direction,))[1]
    np.testing.assert_allclose(forward, gradient @ direction, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", [name for name in DEFINITIONS if name in BY_NAME])
def test_numbers_have_the_derivatives_of_arrays(name: str) -> None:
    ufunc = BY_NAME[name]
    point = points_of(name, ufunc.nin)[0]
    for output in range(ufunc.nout):
        for index in known_inputs(ufunc, output):
            value = along(ufunc, output, point, [index])

            def of_number(t: float, value: Callable[[Any], Any] = value) -> Any:
                return value([t])

            x = float(point[index])
            by_array = minitorch.grad(value)(np.array([x]))[0]
            np.testing.assert_allclose(minitorch.grad(of_number)(x), by_array, rtol=1e-13)
            second = minitorch.hessian(value, special_points="ignore")(np.array([x]))[0, 0]
            twice = minitorch.grad(minitorch.grad(of_number), special_points="ignore")(x)
            np.testing.assert_allclose(twice, second, rtol=1e-9, atol=1e-14)


INVERSES: Final = {
    "gammaincinv": ("gammainc", 1, (0.7, 0.3)), "gammainccinv": ("gammaincc", 1, (2.5, 0.8)),
    "betaincinv": ("betainc", 2, (1.3, 2.2, 0.4)), "betainccinv": ("betaincc", 2, (0.5, 0.6, 0.9)),
    "chdtri": ("chdtrc", 1, (2.5, 0.3)), "chdtriv": ("chdtr", 0, (0.3, 2.5)), "gdtria": ("gdtr", 0, (0.3, 1.5, 2.0)),
    "gdtrib": ("gdtr", 1, (1.2, 0.3, 2.0)), "gdtrix": ("gdtr", 2, (1.2, 2.0, 0.3)), "pdtri": ("pdtr", 1, (2, 0.3)),
    "fdtri": ("fdtr", 2, (2.5, 4.0, 0.3)), "fdtridfd": ("fdtr", 1, (2.5, 0.4, 0.8)),
    "stdtrit": ("stdtr", 1, (2.5, 0.3)), "stdtridf": ("stdtr", 0, (0.8, 0.95)), "kolmogi": ("kolmogorov", 0, (0.3,)),
    "btdtria": ("betainc", 0, (0.4, 2.2, 0.6)), "btdtrib": ("betainc", 1, (1.2, 0.4, 0.6)),
    "bdtri": ("bdtr", 2, (2, 5, 0.3)), "chndtrix": ("chndtr", 0, (0.4, 3.0, 1.2)),
    "chndtrinc": ("chndtr", 2, (2.5, 3.0, 0.4)), "smirnovi": ("smirnov", 1, (5, 0.3)),
}  # fmt: skip
"""By name: of which function it is the inverse, by which argument, and a point."""


@pytest.mark.parametrize("name", [name for name in INVERSES if name in BY_NAME])
def test_derivatives_of_inverses_undo_those_of_the_function(name: str) -> None:
    other, found, point = INVERSES[name]
    inverse, function = BY_NAME[name], BY_NAME[other]
    solution = float(inverse(*point))
    there = [*point]
    there[found] = solution
    for index in known_inputs(inverse, 0):
        slope = minitorch.grad(along(inverse, 0, point, [index]))(np.array([float(point[index])]))[0]
        of_solution = minitorch.grad(along(function, 0, tuple(there), [found]))(np.array([solution]))[0]
        if index == found:
            assert slope * of_solution == pytest.approx(1.0, rel=1e-10)
            continue
        of_other = minitorch.grad(along(function, 0, tuple(there), [index]))(np.array([float(point[index])]))[0]
        assert slope == pytest.approx(-of_other / of_solution, rel=1e-9)


X = np.array([0.53, 1.3, 2.15, 0.92])

FOLLOWED: Final[dict[str, Callable[[Any], Any]]] = {
    "comb": lambda x: special.comb(x + 3, 2), "perm": lambda x: special.perm(x + 3, 2),
    "comb with repetition": lambda x: special.comb(x + 3, 2, repetition=True), "diric": lambda x: special.diric(x, 5),
    "factorial": lambda x: special.factorial(x), "lambertw": lambda x: special.lambertw(x).real,
    "lambertw, another branch": lambda x: special.lambertw(-x / 10, -1).real,
    "logsumexp": lambda x: special.logsumexp(x), "softmax": lambda x: special.softmax(x),
    "log_softmax": lambda x: special.log_softmax(x),
    "logsumexp keepdims": lambda x: special.logsumexp(x, keepdims=True),
    "logsumexp b": lambda x: special.logsumexp(x, b=x),
    "logsumexp return_sign": lambda x: special.logsumexp(x, b=[1.0, -2.0, 3.0, 0.0], return_sign=True)[0],
    "logsumexp axis": lambda x: special.logsumexp(np.reshape(x, (2, 2)), axis=1),
    "softmax axis": lambda x: special.softmax(np.reshape(x, (2, 2)), axis=0),
    "multigammaln": lambda x: special.multigammaln(x + 3, 3), "polygamma": lambda x: special.polygamma([0, 1, 2, 3], x),
    "zeta": lambda x: special.zeta(x + 1), "zeta of two": lambda x: special.zeta(x + 1, x),
    "sinc": lambda x: special.sinc(x), "jvp": lambda x: special.jvp(2, x, 2), "kvp": lambda x: special.kvp(1, x, 2),
    "spherical_jn": lambda x: special.spherical_jn(2, x), "legendre": lambda x: special.legendre(3)(x),
    "spherical_yn": lambda x: special.spherical_yn(1, x, derivative=True),
    "spherical_in": lambda x: special.spherical_in(0, x), "hermite": lambda x: special.hermite(3, monic=True)(x),
    "jacobi": lambda x: special.jacobi(3, 0.5, 1.0)(x), "lists": lambda x: special.xlogy([1.0, 2.0, 3.0, 0.0], x),
    "outer": lambda x: special.xlogy.outer(x, x), "out": lambda x: special.erf(x, np.zeros(4)),
    "wofz": lambda x: special.wofz(x + 0.1j).real, "loggamma": lambda x: special.loggamma(x - 1.5 + 0.3j).imag,
    "psi, complex": lambda x: special.psi(x - 1 + 0.3j).imag, "hankel1": lambda x: np.abs(special.hankel1(1, x)),
    "hyp2f1, complex": lambda x: special.hyp2f1(1, 2, 3, x * 1j).imag,
    "jv, complex": lambda x: special.jv(1, x + 1j).real,
    "broadcast": lambda x: special.gammainc(x[:, None], x), "empty": lambda x: special.erf(x[:0]),
    "modfresnelp": lambda x: special.modfresnelp(x)[0].real, "kelvin": lambda x: special.kelvin(x)[1].imag,
    "voigt_profile": lambda x: special.voigt_profile(x, 1.0, 0.5), "itj0y0": lambda x: special.itj0y0(x)[0],
}  # fmt: skip
if hasattr(special, "sph_harm_y"):
    FOLLOWED |= {
        "legendre_p": lambda x: special.legendre_p(3, x / 3, diff_n=1),
        "assoc_legendre_p": lambda x: special.assoc_legendre_p(3, 1, x / 3),
        "sph_legendre_p_all": lambda x: special.sph_legendre_p_all(3, 2, x),
        "sph_harm_y": lambda x: special.sph_harm_y(3, 1, x, 0.4).real,
        "sph_harm_y diff_n": lambda x: special.sph_harm_y(3, 1, x, x, diff_n=1)[1].imag,
        "sph_harm_y_all": lambda x: special.sph_harm_y_all(2, 2, x, 0.3).real,
    }


def by_differences(function: Callable[[Any], Any], x: Any) -> Any:
    """Return the Jacobian by central differences of eighth order."""
    step, columns = 1e-2, []
    for k in range(x.size):
        e = np.eye(x.size)[k] * step
        parts = [
            c * (np.asarray(function(x + (n + 1) * e)) - np.asarray(function(x - (n + 1) * e)))
            for n, c in enumerate((4 / 5, -1 / 5, 4 / 105, -1 / 280))
        ]
        columns.append(sum(parts) / step)
    return np.stack(columns, -1)


@pytest.mark.parametrize("name", FOLLOWED)
def test_functions_with_options_keep_value_and_derivative(name: str) -> None:
    function = FOLLOWED[name]
    value, expected = np.asarray(function(X)), by_differences(function, X)
    assert np.array_equal(np.asarray(minitorch.vjp(function, X)[0]), value)
    jacobian = minitorch.jacobian(function, special_points="ignore")(X)
    np.testing.assert_allclose(np.reshape(jacobian, expected.shape), expected, rtol=1e-7, atol=1e-9)


def test_code_that_is_not_traced_keeps_histories() -> None:
    x, s = minitorch.Tensor(X), minitorch.Scalar(0.53)
    by_array = special.gammaln.__call__(x)
    by_array.sum().backward()
    np.testing.assert_allclose(x.derivative, special.psi(X))
    number = special.erf(s)
    number.backward()
    assert type(number) is minitorch.Scalar
    assert s.derivative == pytest.approx(2 / np.sqrt(np.pi) * np.exp(-(0.53**2)), rel=1e-14)
    _, slope, *_ = special.airy(s)
    assert slope.data == special.airy(0.53)[1]


def test_float32_stays_what_it_is() -> None:
    x = X.astype(np.float32)
    value, pull = minitorch.vjp(lambda x: special.erf(x), x)
    assert value.dtype == np.float32
    assert np.asarray(pull(np.ones(4, np.float32))).dtype == np.float32


EDGES: Final[dict[str, tuple[Callable[[Any], Any], float, float]]] = {
    "erfinv at 1": (lambda x: special.erfinv(x), 1.0, np.inf), "ndtri at 0": (lambda x: special.ndtri(x), 0.0, np.inf),
    "logit at 0": (lambda x: special.logit(x), 0.0, np.inf), "entr at 0": (lambda x: special.entr(x), 0.0, np.inf),
    "xlogy by y at 0, 0": (lambda x: special.xlogy(0.0, x), 0.0, 0.0),
    "xlog1py by y at 0, -1": (lambda x: special.xlog1py(0.0, x), -1.0, 0.0),
    "gammainc of 1 at 0": (lambda x: special.gammainc(1.0, x), 0.0, 1.0),
    "gammainc of 2 at 0": (lambda x: special.gammainc(2.0, x), 0.0, 0.0),
    "gammainc by a at x = 0": (lambda a: special.gammainc(a, 0.0), 1.5, 0.0),
    "betainc by a at x = 1": (lambda a: special.betainc(a, 2.0, 1.0), 1.5, 0.0),
    "stdtr by df at t = 0": (lambda df: special.stdtr(df, 0.0), 3.0, 0.0),
    "rgamma at a pole of gamma": (lambda x: special.rgamma(x), -3.0, -6.0),
    "j1 at 0": (lambda x: special.j1(x), 0.0, 0.5), "sici at 0": (lambda x: special.sici(x)[0], 0.0, 1.0),
    "huber, linear": (lambda r: special.huber(1.0, r), -2.0, -1.0), "i0e at 0": (lambda x: special.i0e(x), 0.0, 0.0),
    "tklmbda outside": (lambda x: special.tklmbda(x, 0.7), 3.0, 0.0),
    "expit": (lambda x: special.expit(x), -800.0, 0.0),
    "log_ndtr far below": (lambda x: special.log_ndtr(x), -1e10, 1e10),
    "beip at 0": (lambda x: special.beip(x), 0.0, 0.5),
    "spence at 1": (lambda x: special.spence(x), 1.0, -1.0),
}  # fmt: skip


@pytest.mark.parametrize("name", EDGES)
@pytest.mark.filterwarnings("error")
def test_edges_have_the_derivatives_of_mathematics(name: str) -> None:
    function, x, expected = EDGES[name]
    found = minitorch.grad(function, special_points="ignore")(x)
    by_array = minitorch.grad(lambda v: function(v).sum(), special_points="ignore")(np.array([x]))[0]
    assert found == pytest.approx(expected, rel=1e-12)
    assert by_array == pytest.approx(expected, rel=1e-12)


def test_what_gets_nothing_stays_zero() -> None:
    chosen = minitorch.grad(lambda x: np.where(x > 0, special.xlogy(1.0, x), 0.0).sum())
    assert chosen(np.array([0.0, 2.0])).tolist() == [0.0, 0.5]


UNKNOWN: Final[dict[str, Callable[[Any], Any]]] = {
    "the order of jv": lambda x: special.jv(x, 1.5),
    "a parameter of hyp2f1": lambda x: special.hyp2f1(x, 1.0, 2.0, 0.3),
    "the degree of eval_legendre": lambda x: special.eval_legendre(x, 0.3),
    "mathieu_cem": lambda q: special.mathieu_cem(1, q, 30.0)[0],
    "smirnov, twice": lambda x: minitorch.grad(lambda d: np.sum(special.smirnov(5, d)))(x * 0.3),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("x", [1.2, np.array([1.2])], ids=["number", "array"])
def test_a_derivative_that_is_not_known_is_said(name: str, x: Any) -> None:
    function = UNKNOWN[name]
    with pytest.raises(
        minitorch.HistoryLostError, match=r"whose derivative by its argument \d is not known.*register_function"
    ):
        minitorch.grad(lambda x: np.sum(function(x)))(x)


@pytest.mark.usefixtures("registrations_are_forgotten")
def test_a_registered_rule_makes_it_known() -> None:
    minitorch.register_function(special.nctdtridf, lambda a, b, c, y: (1.0, 2.0, 3.0))
    assert minitorch.grad(lambda x: special.nctdtridf(x, 1.0, 1.0).sum())(np.array([0.3])).tolist() == [1.0]
    assert minitorch.grad(lambda x: special.nctdtridf(0.3, x, 1.0))(1.0) == 2.0
