"""All that numpy offers is in a table of expressions, has a rule that is tested, or is listed here with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pytest
from numpy_expressions import EXPRESSIONS, POLYNOMIAL_EXPRESSIONS

import minitorch
from minitorch import Tensor
from minitorch.arrays import methods, random_draws
from minitorch.arrays.elementwise import UFUNCS
from minitorch.arrays.functional import PLAIN
from minitorch.arrays.ufunc_methods import PRODUCTS
from minitorch.scalars.rule_code import KINDS

assert methods.Tensor is Tensor

NO_DERIVATIVE: Final = "Answers with truths, whole numbers, indices, kinds or text: there is nothing to differentiate."
BITS: Final = "Takes whole numbers and truths alone, which no Variable is."
SETTINGS: Final = "Reads or sets how numpy works, prints or is built."
FILES: Final = "Reads or writes files and buffers, whose numbers are plain."
TYPES: Final = "A type, which is asked about and not called with arrays."
DATES: Final = "Takes dates alone."
REFUSED: Final = "Makes what keeps plain numbers only; says what to take in its place (`rule_code.KINDS`)."

REASONS: Final[dict[str, str]] = {
    **dict.fromkeys(
        """base_repr binary_repr broadcast broadcast_shapes diag_indices indices isscalar issubdtype isdtype
        mask_indices mintypecode ndindex promote_types tril_indices triu_indices typename unravel_index
        equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor logical_not
        isnat array2string""".split(),
        NO_DERIVATIVE,
    ),
    **dict.fromkeys(
        """bitwise_and bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor
        bitwise_count gcd invert lcm left_shift right_shift packbits unpackbits ldexp""".split(),
        BITS,
    ),
    **dict.fromkeys(
        """errstate get_include get_printoptions getbufsize geterr geterrcall info printoptions set_printoptions
        setbufsize seterr seterrcall show_config show_runtime test polynomial.set_default_printstyle
        deprecate deprecate_with_doc disp add_newdoc add_docstring add_newdoc_ufunc source who lookfor
        set_numeric_ops set_string_function get_array_wrap safe_eval byte_bounds compare_chararrays fastCopyAndTranspose
        recfromtxt recfromcsv DataSource maximum_sctype obj2sctype sctype2char issubsctype issubclass_ find_common_type
        cast asfarray""".split(),
        SETTINGS,
    ),
    **dict.fromkeys("fromfile fromregex fromstring genfromtxt load loadtxt savetxt memmap".split(), FILES),
    **dict.fromkeys("dtype finfo iinfo flatiter ndarray ufunc linalg.LinAlgError chararray".split(), TYPES),
    **dict.fromkeys(
        "busday_count busday_offset busdaycalendar datetime_as_string datetime_data is_busday".split(), DATES
    ),
    **dict.fromkeys("asmatrix bmat matrix recarray record frombuffer from_dlpack nested_iters".split(), REFUSED),
    **dict.fromkeys(
        "row_stack trapz in1d product cumproduct sometrue alltrue msort".split(), "An old name of another."
    ),
    "alltrue": NO_DERIVATIVE,
    "sometrue": NO_DERIVATIVE,
}

MODULES: Final = {
    "": np, "linalg.": np.linalg, "fft.": np.fft, "polynomial.": np.polynomial, "emath.": np.emath,
    "lib.stride_tricks.": np.lib.stride_tricks,
    **{f"polynomial.{name}.": getattr(np.polynomial, name)
       for name in ("polynomial", "chebyshev", "legendre", "hermite", "hermite_e", "laguerre")},
}  # fmt: skip

PREFIXES: Final = {"polynomial": "poly", "chebyshev": "cheb", "legendre": "leg", "hermite": "herm",
                   "hermite_e": "herme", "laguerre": "lag"}  # fmt: skip


def callables() -> Iterator[tuple[str, Any]]:
    """All public callables of numpy's modules, by name; types of numbers and errors are none of them."""
    for prefix, module in MODULES.items():
        for name in getattr(module, "__all__", None) or dir(module):
            callee = getattr(module, name, None)
            if name.startswith("_") or not callable(callee):
                continue
            if isinstance(callee, type) and issubclass(callee, (np.generic, Exception, Warning)):
                continue
            yield prefix + name, callee


def tested() -> list[Any]:
    """All callables that an expression names."""
    found = [callee for callee in map(named, re.findall(r"np\.([A-Za-z_][\w.]*)", EXPRESSIONS)) if callee is not None]
    for module, prefix in PREFIXES.items():
        for name in re.findall(r"M\.N(\w+)", POLYNOMIAL_EXPRESSIONS):
            found.append(getattr(getattr(np.polynomial, module), prefix + name, None))
        for name in re.findall(r"M\.C\b", POLYNOMIAL_EXPRESSIONS):
            found.append(getattr(np.polynomial, prefix.title(), name))
    return found


def named(name: str) -> Any:
    """What has a name with dots."""
    owner: Any = np
    for part in name.split("."):
        owner = getattr(owner, part, None)
    return owner


def is_known(name: str, callee: Any, known: set[int]) -> bool:
    if id(callee) in known or name in REASONS or name.rpartition(".")[2] in REASONS:
        return True
    if isinstance(callee, type) and callee.__module__.startswith("numpy.polynomial"):
        return True
    return callee in PLAIN or (isinstance(callee, np.ufunc) and (callee in UFUNCS or callee in PRODUCTS))


def test_nothing_of_numpys_is_left() -> None:
    known = {id(callee) for callee in tested()}
    assert [name for name, callee in callables() if not is_known(name, callee, known)] == []


def test_every_reason_has_words_and_every_refusal_an_alternative() -> None:
    assert all(len(reason) > 10 for reason in REASONS.values())
    assert {name for name, reason in REASONS.items() if reason == REFUSED and name != "record"} <= KINDS.keys()


ARRAY_REASONS: Final[dict[str, str]] = {
    **dict.fromkeys(
        "byteswap getfield setfield dump dumps tofile ctypes".split(), "Reads or writes the bits: refused."
    ),
    **dict.fromkeys("setflags resize to_device".split(), "Answered by the plain array, or refused with the reason."),
    **dict.fromkeys("itemset newbyteorder ptp tostring".split(), "Names that numpy 2 knows no more but to say so."),
}


def test_nothing_of_an_arrays_is_left() -> None:
    own = {name for name in dir(np.ndarray) if not name.startswith("_")}
    assert own - set(vars(Tensor)) - set(ARRAY_REASONS) == set()


@pytest.mark.parametrize("name", ["byteswap", "getfield", "setfield", "dump", "dumps", "tofile", "ctypes", "resize"])
def test_what_would_lose_a_history_says_so(name: str) -> None:
    with pytest.raises(minitorch.HistoryLostError, match=rf"\.{name}"):
        method = getattr(Tensor([1.0, 2.0]) * 2.0, name)
        method()


RANDOM_REASONS: Final[dict[str, str]] = {
    **dict.fromkeys("bit_generator spawn seed get_state set_state".split(), "Is about the stream, and draws nothing."),
    **dict.fromkeys(random_draws.PLAIN, "Has no parameters to be differentiated by."),
    **random_draws.WITHOUT_DERIVATIVE,
}


@pytest.mark.parametrize("generator", [np.random.Generator, np.random.RandomState])
def test_nothing_of_random_is_left(generator: Any) -> None:
    known = {*random_draws.DRAWS, *random_draws.MOVING, "multivariate_normal", *RANDOM_REASONS}
    assert {name for name in dir(generator) if not name.startswith("_")} - known == set()
    assert all(len(reason) > 10 for reason in RANDOM_REASONS.values())


def test_functions_of_random_are_methods_of_one_generator() -> None:
    others = {"default_rng", "Generator", "RandomState", "SeedSequence", "BitGenerator", "MT19937", "Philox", "PCG64",
              "PCG64DXSM", "SFC64", "seed", "get_state", "set_state", "ranf", "sample"}  # fmt: skip
    for name in set(np.random.__all__) - others:
        function = getattr(np.random, name)
        assert getattr(function, "__func__", function) is getattr(np.random.RandomState, name), name
