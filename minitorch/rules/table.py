"""The table of rules as text, for documentation: what each row stands for, and what is known of it."""

from __future__ import annotations

from minitorch.rules.real import RULES
from minitorch.rules.rule import Rule

__all__ = ["rules_table"]

HEADER = "| Primitive | stands for | inputs | raises | numpy |\n|---|---|---|---|---|"


def rules_table() -> str:
    """Return a table in Markdown with a line for each row of the table of rules, those added later included.

    >>> [line for line in rules_table().splitlines() if "Atan2" in line]
    ['| `Atan2` | `math.atan2` | 2 | never | `arctan2` |']
    """
    return "\n".join([HEADER, *map(line_of, RULES.values())]) + "\n"


def line_of(rule: Rule) -> str:
    """Return the line of a row."""
    names = ", ".join(f"`{title(plain)}`" for plain in rule.callables)
    inputs = "any number" if rule.gradient is not None else str(len(rule.partials))
    raises = "never" if rule.never_raises else "outside its domain" if rule.domain else "without a finite result"
    ufuncs = ", ".join(f"`{name}`" for name in rule.numpy)
    return f"| `{rule.name}` | {names} | {inputs} | {raises} | {ufuncs} |"


def title(plain: object) -> str:
    """Return what a callable is called, with its module unless that is `builtins`."""
    module, name = getattr(plain, "__module__", None), getattr(plain, "__name__", repr(plain))
    return name if module in (None, "builtins") else f"{str(module).lstrip('_')}.{name}"
