"""What other packages call what minitorch has: names that people type, and what they find here."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["HERE_CALLED", "unknown_name"]

HERE_CALLED: Final[dict[str, str]] = {
    # JAX
    "jit": "minitorch.compile",
    "njit": "minitorch.compile",
    "pmap": "minitorch.vmap, or the batches of minitorch.compile, whose rows run in threads",
    "make_jaxpr": "minitorch.graph for what was computed, and minitorch.traced_source for the code that runs",
    "debug_nans": "minitorch.first_nonfinite, which says where a nan came from",
    "remat": "minitorch.checkpoint",
    "value_and_jacobian": "minitorch.vjp or minitorch.jacobian",
    "custom_gradient": "minitorch.custom_vjp",
    "check_grads": "minitorch.check_derivatives",
    "linear_transpose": "minitorch.vjp",
    "lax": "plain Python: if, for and while are differentiated as they run",
    "numpy": "numpy itself: minitorch.grad(f) follows its arrays",
    "random": "random or numpy.random: minitorch.grad(f) follows what is drawn",
    "tree_map": "optree.tree_map, or a comprehension: minitorch.grad(f) gives lists, dicts and dataclasses back",
    "pure_callback": "minitorch.custom_vjp or minitorch.register_function",
    "checkify": "minitorch.first_nonfinite, which says where a nan came from",
    "device_put": "numpy's own memory: minitorch.Tensor has no devices",
    # torch
    "func": "minitorch itself: minitorch.grad, minitorch.vmap, minitorch.jacrev",
    "backward": "the method of what was computed, or minitorch.backpropagate",
    "Parameter": "minitorch.Scalar or minitorch.Tensor",
    "as_tensor": "minitorch.Tensor",
    "from_numpy": "minitorch.Tensor",
    "is_tensor": "isinstance(x, minitorch.Variable)",
    "set_grad_enabled": "minitorch.no_grad",
    "is_grad_enabled": "minitorch.no_grad, outside of which histories are kept",
    "manual_seed": "random.seed or numpy.random: minitorch.grad(f) follows what is drawn",
    "float32": "numpy's: numbers are floats, and minitorch.Tensor keeps the dtype of its array",
    "float64": "numpy's: numbers are floats, and minitorch.Tensor keeps the dtype of its array",
    "save": "pickle.dump: leaves and constants, minitorch.Scalar(2.0), can be pickled",
    "load": "pickle.load: leaves and constants, minitorch.Scalar(2.0), can be pickled",
    "vjp_fn": "minitorch.vjp",
    "gradcheck": "minitorch.check_derivatives",
    "gradgradcheck": "minitorch.check_derivatives of minitorch.grad(f)",
    "autograd": "minitorch.grad; rules of your own are minitorch.ScalarFunction and minitorch.custom_vjp",
    "tensor": "minitorch.Tensor",
    "optim": "scipy.optimize, or a package such as optax: they take what minitorch.value_and_grad gives",
    "nn": "plain Python and numpy: minitorch differentiates what is written in them",
    "enable_grad": "minitorch.no_grad, outside of which histories are kept",
    "inference_mode": "minitorch.no_grad",
    # autograd, HIPS
    "make_vjp": "minitorch.vjp",
    "make_jvp": "minitorch.jvp",
    "make_hvp": "minitorch.hvp",
    "hessian_vector_product": "minitorch.hvp",
    "hessian_tensor_product": "minitorch.hvp",
    "jacobian_vector_product": "minitorch.jvp",
    "vector_jacobian_product": "minitorch.vjp",
    "elementwise_grad": "minitorch.vmap of minitorch.grad(f)",
    "deriv": "minitorch.grad",
    "egrad": "minitorch.vmap of minitorch.grad(f)",
    "holomorphic_grad": "minitorch.grad of the real part",
    "grad_named": 'minitorch.grad(f, argnums="x")',
    "multigrad": "minitorch.grad(f, argnums=(0, 1))",
    "value_and_multigrad": "minitorch.value_and_grad(f, argnums=(0, 1))",
    "defjvp": "minitorch.custom_jvp",
    "notrace_primitive": "minitorch.detach",
    "nograd": "minitorch.no_grad, or minitorch.detach",
    "test_util": "minitorch.check_derivatives",
    "grad_and_aux": "minitorch.grad(f, has_aux=True)",
    "multigrad_dict": 'minitorch.grad(f, argnums=("x", "y"))',
    "primitive": "minitorch.register_function",
    "defvjp": "minitorch.register_function or minitorch.custom_vjp",
    # what others say
    "gradient": "minitorch.grad",
    "gradients": "minitorch.grad",
    "GradientTape": "minitorch.grad of a function, or out.backward() of what was computed with minitorch.Scalar",
    "Dual": "minitorch.jvp",
    "numdifftools": "minitorch.grad, and minitorch.central_difference to compare with",
    "derivative": "minitorch.grad",
    "diff": "minitorch.grad",
    "differentiate": "minitorch.grad",
    "numerical_gradient": "minitorch.central_difference",
    "draw": "minitorch.graph",
    "plot": "minitorch.graph",
    "dot": "minitorch.graph",
}
"""What is asked for here under a name of another package."""


def unknown_name(name: str, module: object) -> AttributeError:
    """Make the error for an attribute that the package doesn't have.

    Args:
        name: the attribute.
        module: the package, among whose names Python looks for similar ones.

    >>> import minitorch
    >>> str(unknown_name("jit", minitorch))
    "module 'minitorch' has no attribute 'jit'; here it is minitorch.compile"
    """
    message = f"module 'minitorch' has no attribute {name!r}"
    if name in HERE_CALLED:
        return AttributeError(f"{message}; here it is {HERE_CALLED[name]}")
    if hasattr(math, name):
        return AttributeError(f"{message}; here it is math.{name}, or numpy's: plain functions are differentiated")
    return AttributeError(message, name=name, obj=module)
