"""The arguments to differentiate by, as people name them: positions, as in JAX, or the names of parameters."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any, NamedTuple

from minitorch.autodiff.place import file_and_line
from minitorch.scalars.pytrees import shown
from minitorch.transformer import signature_of

__all__ = ["Argnums", "Selection", "by_position", "checked_pair", "parameter_names", "places_in", "selected", "title"]

Argnums = int | str | Sequence[int | str]


class Selection(NamedTuple):
    """Which arguments of a function to differentiate by.

    Attributes:
        f: the function.
        positions: where they stand among the arguments that are given by position, those of `keywords` behind them.
        keywords: those that are given by keyword alone.
        single: whether one argument is meant, and not a tuple of them.
    """

    f: Callable[..., Any]
    positions: tuple[int, ...]
    keywords: tuple[str, ...]
    single: bool

    @property
    def enough(self) -> int:
        """How many arguments a call has by position at least, so that all that are meant are among them."""
        return max(self.positions) + 1

    def arranged(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments of a call such that all to differentiate by stand where `positions` says.

        Defaults are taken for those that are not given.

        Raises:
            TypeError: one that is meant is not given and has no default.

        >>> selected(lambda a, b=2.0, *, c: a, ("b", "c")).arranged((1.0,), {"c": 3.0})
        ((1.0, 2.0, 3.0), {})
        """
        names, kwargs, moved = parameter_names(self.f), dict(kwargs), list(args)
        for name in names[len(args) : self.enough]:
            if name not in kwargs and self._default(name) is inspect.Parameter.empty:
                break
            moved.append(kwargs.pop(name) if name in kwargs else self._default(name))
        for name in self.keywords:
            value = kwargs.pop(name) if name in kwargs else self._default(name)
            if value is inspect.Parameter.empty:
                raise TypeError(f"can't differentiate {title(self.f)} by {name!r}: it was called without it")
            moved.append(value)
        return tuple(moved), kwargs

    def _default(self, name: str) -> Any:
        parameters = parameters_of(self.f)
        return parameters[name].default if name in parameters else inspect.Parameter.empty


def selected(f: Callable[..., Any], argnums: Argnums) -> Selection:
    """Return which arguments of a function are meant by positions or names.

    Raises:
        TypeError: they are not one position or name or several, or there is no parameter of a name.

    >>> selected(lambda a, b, *, c: a, ("b", 0, "c"))[1:]
    ((1, 0, -1), ('c',), False)
    """
    meant = (argnums,) if isinstance(argnums, int | str) or not isinstance(argnums, Sequence) else tuple(argnums)
    if not meant or not all(isinstance(each, int | str) for each in meant):
        raise TypeError(f"argnums must be the position or the name of an argument or several of them, not {argnums!r}")
    names = parameter_names(f) if any(isinstance(each, str) for each in meant) else []
    keywords = [*dict.fromkeys(each for each in meant if isinstance(each, str) and each not in names)]
    for name in keywords:
        check_keyword(f, name)
    positions = []
    for each in meant:
        if isinstance(each, int):
            positions.append(each if each >= 0 else each - len(keywords))
        elif each in names:
            positions.append(names.index(each))
        else:
            positions.append(keywords.index(each) - len(keywords))
    return Selection(f, tuple(positions), tuple(keywords), isinstance(argnums, int | str))


def by_position(f: Callable[..., Any], argnums: Argnums) -> Selection:
    """Return which arguments are meant, for what takes them by position alone.

    Raises:
        TypeError: as `selected`, and where a name is that of a parameter which only a keyword reaches.
    """
    selection = selected(f, argnums)
    if selection.keywords:
        name = selection.keywords[0]
        raise TypeError(
            f"can't compile derivatives of {title(f)} by {name!r}, which only a keyword reaches; "
            f"compile a function that takes it by position: lambda x, {name}: f(x, {name}={name})"
        )
    return selection


def check_keyword(f: Callable[..., Any], name: str) -> None:
    """Raise TypeError if a function takes no argument by a name as a keyword."""
    parameters = parameters_of(f)
    kinds = {parameter.kind for parameter in parameters.values()}
    takes = name in parameters and parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
    if not takes and inspect.Parameter.VAR_KEYWORD not in kinds:
        collecting = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        names = [each for each, parameter in parameters.items() if parameter.kind not in collecting]
        close = difflib.get_close_matches(name, names, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(map(repr, names))}"
        if not names:
            hint = "take its position"
        raise TypeError(f"can't differentiate {title(f)} by {name!r}: no parameter of that name is known; {hint}")


def checked_pair(returned: Any, f: Callable[..., Any]) -> tuple[Any, Any]:
    """Return what a function with something to pass on has returned.

    Raises:
        TypeError: it is not a pair.
    """
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise TypeError(f"with has_aux, {title(f)} must return a pair (result, aux), not {shown(returned)}")
    return returned


def places_in(args: tuple[Any, ...], positions: Sequence[int], f: Callable[..., Any]) -> list[int]:
    """Return the indices that positions, perhaps counted from the end, mean among the arguments of a function.

    Raises:
        TypeError: the function was called with fewer arguments.
    """
    count = len(args)
    for position in positions:
        if not -count <= position < count:
            raise TypeError(
                f"can't differentiate {title(f)} by argument {position}: "
                f"it was called with {count} positional argument{'s' * (count != 1)}"
            )
    return [position % count for position in positions]


def parameter_names(f: Callable[..., Any]) -> list[str]:
    """Return the names of a function's parameters that take arguments by position; none if it does not tell.

    >>> parameter_names(lambda x, y, *rest, scale=1.0: x)
    ['x', 'y']
    """
    if type(f) is FunctionType and not f.__dict__:
        # As below, in a hundredth of the time: nothing says that it has another signature than its own.
        return [*f.__code__.co_varnames[: f.__code__.co_argcount]]
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in parameters_of(f).values() if parameter.kind in kinds]


def parameters_of(f: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return a function's parameters by name; none if it does not tell."""
    try:
        return signature_of(f).parameters
    except (TypeError, ValueError):
        return {}


def title(f: Callable[..., Any]) -> str:
    """Return what to call a function in a sentence, with its place."""
    code = getattr(inspect.unwrap(f), "__code__", None)
    name = getattr(f, "__qualname__", None) or repr(f)
    return f"{name} ({file_and_line(code.co_filename, code.co_firstlineno)})" if code else name
