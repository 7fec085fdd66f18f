"""Rewrites Python's arithmetic and calls into calls of functions of your choice; knows nothing of what they do.

    targets = Targets(operators={ast.Mult: Alias("Mul.apply", operator.mul)}, ...)
    converter = Converter(targets); dispatcher = Dispatcher(targets, converter)
    converter.convert(function)                     a live function, in place
    install(["package"], dispatcher)                modules, as they are imported

Code that meets nothing special behaves exactly as before: values, errors, order, frames, line numbers.
"""

from .brackets import bracket, taken
from .callees import Constants
from .cells import file_name
from .clock import thread_nanoseconds
from .compiler_warnings import parse_quietly
from .converter import Converter
from .dispatch import Dispatcher
from .errors import RewriteError, RewriteWarning
from .files import replace_file
from .hook import Hook, ModuleReport, install
from .late_imports import when_imported
from .libraries import Libraries, Rows, module_name
from .linking import is_linked, link, placeholders_last
from .loader import compile_rewritten
from .printing import Comment, to_source
from .questions import Questions, names_any
from .resolving import make_resolve
from .rewriter import deep_recursion, rewrite
from .show import traced_text
from .signatures import signature_of
from .source import syntax_of
from .switch import Switch
from .targets import Alias, Targets
from .weak_members import WeakMembers
from .wrappers import is_generated

__all__ = [
    "Alias",
    "Comment",
    "Constants",
    "Converter",
    "Dispatcher",
    "Hook",
    "Libraries",
    "ModuleReport",
    "Questions",
    "RewriteError",
    "RewriteWarning",
    "Rows",
    "Switch",
    "Targets",
    "WeakMembers",
    "bracket",
    "compile_rewritten",
    "deep_recursion",
    "file_name",
    "install",
    "is_generated",
    "is_linked",
    "link",
    "make_resolve",
    "module_name",
    "names_any",
    "parse_quietly",
    "placeholders_last",
    "replace_file",
    "rewrite",
    "signature_of",
    "syntax_of",
    "taken",
    "thread_nanoseconds",
    "to_source",
    "traced_text",
    "when_imported",
]
