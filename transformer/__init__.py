"""Rewrites Python's arithmetic and calls into calls of functions of your choice; knows nothing of what they do.

    targets = Targets(operators={ast.Mult: Alias("Mul.apply", operator.mul)}, ...)
    converter = Converter(targets); dispatcher = Dispatcher(targets, converter)
    converter.convert(function)                     a live function, in place
    install(["package"], dispatcher)                modules, as they are imported

Code that meets nothing special behaves exactly as before: values, errors, order, frames, line numbers.
"""

from transformer.dispatch import Dispatcher
from transformer.errors import RewriteError, RewriteWarning
from transformer.function import Converter
from transformer.hook import Hook, ModuleReport, install
from transformer.libraries import Libraries
from transformer.rewriter import rewrite
from transformer.switch import Switch
from transformer.targets import Alias, Targets

__all__ = [
    "Alias",
    "Converter",
    "Dispatcher",
    "Hook",
    "Libraries",
    "ModuleReport",
    "RewriteError",
    "RewriteWarning",
    "Switch",
    "Targets",
    "install",
    "rewrite",
]
