"""A compiled function as a method: what an object's attribute gives, with the object as its first argument.

>>> import minitorch
>>> class Spring:
...     stiffness = 3.0
...
...     @minitorch.compile
...     def force(self, length):
...         return self.stiffness * length**2
>>> Spring().force(2.0), Spring().force.value_and_grad(2.0)
(12.0, (12.0, 12.0))
"""

from __future__ import annotations

import functools
from types import MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minitorch.compiler.function import CompiledFunction

__all__ = ["CompiledMethod"]


class CompiledMethod(functools.partial[Any]):
    """A compiled function and the object that it is called on; `argnums` don't count the object.

    Attributes:
        func: the compiled function.
        args: the object alone.
    """

    func: CompiledFunction

    @property
    def plain(self) -> MethodType:
        """The method as Python has it."""
        return MethodType(self.func.plain, *self.args)

    __wrapped__ = plain

    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value and the derivatives, as `minitorch.value_and_grad` does."""
        return self.func.behind_object.value_and_grad(*self.args, *args, **kwargs)

    def grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the derivatives, as `minitorch.grad` does."""
        return self.value_and_grad(*args, **kwargs)[1]

    def hessian(self, *args: Any, **kwargs: Any) -> Any:
        """Return the second derivatives, as `minitorch.hessian` does."""
        return self.func.behind_object.hessian(*self.args, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the function, or say what to compile for one that takes rows or tangents."""
        if name in ("batch", "batch_value_and_grad", "emit", "jvp", "precompile"):
            raise AttributeError(
                f"a compiled method has no {name!r}: compile what it is on its object, "
                f"minitorch.compile(….{self.func.__name__}.plain).{name}"
            )
        return getattr(self.func, name)

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same function on the same object, as of methods."""
        if not isinstance(other, CompiledMethod):
            return NotImplemented
        return self.func is other.func and self.args[0] is other.args[0]

    def __hash__(self) -> int:
        """Return a hash of both, as of methods."""
        return hash((id(self.args[0]), self.func))

    def __reduce__(self) -> tuple[Any, ...]:
        """Be pickled as Python's methods are: by the object and the attribute's name."""
        return getattr, (*self.args, self.func.__name__)

    def __repr__(self) -> str:
        """Return the name of the method and its object."""
        return f"<compiled method {self.func.__qualname__} of {self.args[0]!r}>"
