"""Exact derivatives of Python code that was not written for it.

>>> import math, minitorch
>>> minitorch.grad(math.sin)(0.0)
1.0
"""

import sys
from typing import TYPE_CHECKING, Any

from minitorch import operators
from minitorch.autodiff.errors import BackwardError, ComplexResultError, HistoryLostError, OperationLimitError
from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.grad_mode import no_grad
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.operation_limit import max_operations
from minitorch.autodiff.topological_order import topological_sort
from minitorch.autodiff.variable import Variable, backpropagate, is_constant
from minitorch.derivatives.central_differences import central_difference, derivative_check
from minitorch.derivatives.check_derivatives import check_derivatives
from minitorch.derivatives.checkpoint import checkpoint
from minitorch.derivatives.custom import custom_vjp
from minitorch.derivatives.custom_jvp import custom_jvp
from minitorch.derivatives.custom_root import custom_fixed_point, custom_root
from minitorch.derivatives.forward_mode import jvp, linearize
from minitorch.derivatives.matrices import hessian, hvp, jacfwd, jacobian, jacrev
from minitorch.derivatives.reverse_mode import grad, value_and_grad, vjp
from minitorch.derivatives.rounded_away import RoundingWarning
from minitorch.derivatives.special_points import SpecialPointWarning
from minitorch.derivatives.swallowed import HistoryInTextWarning
from minitorch.derivatives.uncertainty import condition, propagate
from minitorch.drawing import graph, make_graph
from minitorch.names import unknown_name
from minitorch.reporting import Report, report
from minitorch.reporting.nonfinite import Nonfinite, first_nonfinite
from minitorch.reporting.rounding import Rounding, rounding_error
from minitorch.scalars.array_slot import ARRAYS
from minitorch.scalars.complex_primitives import *  # noqa: F403  the names are those of the table's rows
from minitorch.scalars.complex_primitives import __all__ as _complex_functions
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.detach import detach, stop_gradient
from minitorch.scalars.float_protocol import FUNCTIONS as _FUNCTIONS
from minitorch.scalars.primitives import *  # noqa: F403  the names are those of the table's rows
from minitorch.scalars.primitives import __all__ as _functions
from minitorch.scalars.scalar import Scalar, ScalarFunction
from minitorch.tracing.child_processes import cover_this_process
from minitorch.tracing.registering import register_function
from minitorch.tracing.tracer import inherit_import_hook, install_import_hook, trace, traced_source
from minitorch.transformer import RewriteError, RewriteWarning
from minitorch.version import __version__ as __version__

if TYPE_CHECKING:
    from minitorch.arrays.function import TensorFunction
    from minitorch.arrays.tensor import Tensor
    from minitorch.compiler.decorator import compile
    from minitorch.compiler.function import CompilationWarning, CompiledFunction
    from minitorch.compiler.vmap import vmap

__all__ = [
    "BackwardError",
    "CompilationWarning",
    "CompiledFunction",
    "ComplexResultError",
    "ComplexScalar",
    "Context",
    "FunctionBase",
    "History",
    "HistoryInTextWarning",
    "HistoryLostError",
    "Nonfinite",
    "OperationLimitError",
    "Report",
    "RewriteError",
    "RewriteWarning",
    "Rounding",
    "RoundingWarning",
    "Scalar",
    "ScalarFunction",
    "SpecialPointWarning",
    "Tensor",
    "TensorFunction",
    "Variable",
    "backpropagate",
    "central_difference",
    "check_derivatives",
    "checkpoint",
    "compile",
    "condition",
    "custom_fixed_point",
    "custom_jvp",
    "custom_root",
    "custom_vjp",
    "derivative_check",
    "detach",
    "first_nonfinite",
    "grad",
    "graph",
    "hessian",
    "hvp",
    "install_import_hook",
    "is_constant",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "linearize",
    "make_graph",
    "max_operations",
    "no_grad",
    "operators",
    "propagate",
    "register_function",
    "report",
    "rounding_error",
    "stop_gradient",
    "topological_sort",
    "trace",
    "traced_source",
    "value_and_grad",
    "vjp",
    "vmap",
]
__all__ += [*_functions, *_complex_functions]


def __getattr__(name: str) -> Any:
    """Load the compiler, or arrays with numpy, when somebody first asks for them."""
    if name in _FUNCTIONS:
        # A row that was added to the table of rules after this module was made.
        return _FUNCTIONS[name]
    if name in ("Tensor", "TensorFunction"):
        from minitorch.arrays import methods

        globals()[name] = getattr(methods, name)
    elif name == "compile":
        from minitorch.compiler import decorator

        globals()[name] = decorator.compile
    elif name == "vmap":
        from minitorch.compiler import vmap

        globals()[name] = vmap.vmap
    elif name in ("CompilationWarning", "CompiledFunction"):
        from minitorch.compiler import function

        globals()[name] = getattr(function, name)
    else:
        raise unknown_name(name, sys.modules[__name__])
    return globals()[name]


def __dir__() -> list[str]:
    """Return all names, for completion, also of what is not loaded yet."""
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: object) -> None:
    """Get a notebook ready: IPython calls this at `%load_ext minitorch`."""
    from minitorch.ipython import load

    load(shell)


def unload_ipython_extension(shell: object) -> None:
    """Undo that: IPython calls this at `%unload_ext minitorch`."""
    from minitorch.ipython import unload

    unload(shell)


def _ufunc_on_arrays(*call: Any) -> Any:
    """Call a ufunc with a Scalar among its operands; numpy is loaded by then."""
    from minitorch.arrays.methods import ufunc_with_numbers

    return ufunc_with_numbers(*call)


def _operate_with_column(*call: Any) -> Any:
    """Do an operator with an object of pandas'; pandas is loaded by then."""
    from minitorch.tracing.libraries.pandas_calls import operate

    return operate(*call)


def _column_of(tensor: Any) -> Any:
    """Return what pandas keeps of an array; pandas is loaded by then."""
    from minitorch.tracing.libraries.pandas_objects import entered

    return entered(tensor)


ARRAYS.ufunc = _ufunc_on_arrays
ARRAYS.column = _operate_with_column
ARRAYS.column_of = _column_of
cover_this_process(inherit_import_hook)
