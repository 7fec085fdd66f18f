"""Makes the reference from docstrings, and the tables of derivatives from the rows of the table of rules."""

from __future__ import annotations

import ast
import operator
import re
from inspect import getattr_static
from typing import Final

from running import ROOT

import minitorch
from minitorch.rules.real import RULES
from minitorch.rules.rule import Rule
from minitorch.rules.table import title


def meaning(name: str) -> str:
    """Return what the docstring of an error says in its first sentence, and what it is to Python.

    >>> meaning("RewriteWarning")
    'A module or function that was left as it is, and why. It is a `UserWarning`.\\n'
    """
    kind = getattr(minitorch, name)
    return f"{kind.__doc__.splitlines()[0]} It is a `{kind.__base__.__name__}`.\n"


MEMBERS: Final = {
    "Scalar": "history place backward zero_grad_ detach item grad grad_fn requires_grad requires_grad_ is_leaf",
    "Tensor": "history place backward zero_grad_ detach grad grad_fn requires_grad requires_grad_ is_leaf",
    "CompiledFunction": "value_and_grad grad jvp hessian batch batch_value_and_grad precompile traces emit",
    "RuleFunction": "apply call",
}
"""What users need of classes that have more; of others all is shown that is documented."""


def api(names: str) -> str:
    """Return the directives that make the reference of public names.

    >>> print(api("grad"))
    ```{eval-rst}
    .. autofunction:: minitorch.grad
    ```
    <BLANKLINE>
    """
    lines = []
    for name in names.split():
        value = getattr(minitorch, name)
        if isinstance(value, type):
            lines += [f".. autoclass:: minitorch.{name}", *_members(value, MEMBERS.get(name)), ""]
        elif callable(value):
            lines.append(f".. autofunction:: minitorch.{name}")
        else:
            lines += [f".. automodule:: minitorch.{name}", "   :members:", ""]
    return "\n".join(["```{eval-rst}", *lines, "```", ""])


def _members(kind: type, members: str | None) -> list[str]:
    """Return what follows the first line of a class's directive: all its members, or some, also of its bases."""
    if members is None:
        return ["   :members:"]
    lines = [""]
    for member in members.split():
        directive = "autoproperty" if isinstance(getattr_static(kind, member), property) else "automethod"
        lines.append(f"   .. {directive}:: minitorch.{kind.__name__}.{member}")
    return lines


def partials() -> dict[str, list[str]]:
    """Return the partial derivatives of each row as they are written in the table, whose output is `result`."""
    found: dict[str, list[str]] = {}
    tree = ast.parse((ROOT / "minitorch/rules/real.py").read_text(encoding="utf-8"))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "rule":
            name, _, *rest = call.args
            found[ast.literal_eval(name)] = [_formula(partial) for partial in rest]
    return found


def _formula(partial: ast.expr) -> str:
    """Return a partial derivative as text."""
    if not isinstance(partial, ast.Lambda):
        return {"zero": "0.0", "one": "1.0"}.get(ast.unparse(partial), ast.unparse(partial))
    output = partial.args.args[-1].arg if partial.args.vararg is None else ""
    for node in ast.walk(partial.body):
        if isinstance(node, ast.Name) and node.id == output:
            node.id = "result"
    return ast.unparse(partial.body)


def rules_table() -> str:
    """Return the table of the rules with their partial derivatives, and what of numpy has them, too."""
    written = partials()
    lines = ["| in Python | Function | in numpy | partial derivatives |", "|---|---|---|---|"]
    for name, rule in RULES.items():
        formulas = "<br>".join(f"`{formula}`" for formula in dict.fromkeys(written.get(name, [])))
        numpy = ", ".join(f"`{each}`" for each in rule.numpy)
        lines.append(f"| {_plain(rule)} | `{name}` | {numpy} | {formulas or 'by all inputs at once'} |")
    return "\n".join(lines) + "\n"


def _plain(rule: Rule) -> str:
    """Return the plain functions that a row stands for; operators as they are written."""
    if not rule.callables and rule.function.__name__ == "<lambda>":
        return "a part of a result"
    return ", ".join(f"`{_written(plain)}`" for plain in rule.callables or [rule.function])


def _written(plain: object) -> str:
    """Return what a plain function is called, or its operator.

    >>> _written(operator.add), _written(pow)
    ('x + y', 'pow')
    """
    same = re.match(r"Same as (\S*[ab] ?.*)\.$", plain.__doc__ or "") if plain in vars(operator).values() else None
    return re.sub(r"\b[ab]\b", lambda letter: "xy"["ab".index(letter[0])], same[1]) if same else title(plain)


def functions_of_rows() -> list[str]:
    """Return the public names of Functions that are made from rows, those of complex numbers included."""
    return [
        name
        for name in minitorch.__all__
        if name in RULES or isinstance(getattr(minitorch, name), minitorch.ComplexFunction)
    ]


def functions() -> str:
    """Return the reference of the Functions that the rows make."""
    lines = ["```{eval-rst}"]
    for name in functions_of_rows():
        if name in RULES:
            stands = _plain(RULES[name]).replace("`", "``")
            lines += [f".. py:class:: minitorch.{name}", "", f"   The Function of {stands}.", ""]
        else:
            lines += [f".. py:data:: minitorch.{name}", "", "   The Function of complex numbers.", ""]
    return "\n".join([*lines, "```", ""])
