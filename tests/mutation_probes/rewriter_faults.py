"""Faults of the transformer: what it rewrites, where that stands, and which source it takes."""

from __future__ import annotations

import sys

from .fault import Fault

__all__ = ["FAULTS"]

REWRITER = ("tests/unit/transformer", "tests/contract/test_hook.py", "tests/contract/test_hook_places.py")
ROADS = (*REWRITER, "tests/contract/test_roads.py", "tests/contract/test_silence_questions.py")
CACHE = ("tests/contract/test_hook_cache.py", "tests/contract/test_code_cache.py", "tests/unit/transformer")
BRANCHES = (*REWRITER, "tests/contract/test_report_branches.py")
EXPRESSIONS = "transformer/expressions.py"
NO_COLUMNS = "code has no columns before Python 3.11"

FAULTS = [
    Fault(
        "columns of non-ASCII method names",
        EXPRESSIONS,
        "len(function.attr)\n",
        "len(function.attr.encode())\n",
        REWRITER,
        survives="" if sys.version_info >= (3, 11) else NO_COLUMNS,
    ),
    Fault(
        "columns of long normalized method names",
        EXPRESSIONS,
        '{"col_offset": column} if column >= 0 else {"col_offset": -1, "end_col_offset": -1}',
        '{"col_offset": column}',
        REWRITER,
        survives="" if sys.version_info >= (3, 11) else NO_COLUMNS,
    ),
    Fault(
        "an expression with one constant is not rewritten",
        EXPRESSIONS,
        "return is_constant(node.right) and is_constant(node.left)",
        "return is_constant(node.right) or is_constant(node.left)",
        REWRITER,
    ),
    Fault(
        "private methods are asked through their mangled name",
        EXPRESSIONS,
        '        if method.attr.startswith("__") and not method.attr.endswith("__"):\n            return False\n',
        "",
        ROADS,
    ),
    Fault("super is called in another frame", EXPRESSIONS, 'node.func.id == "super" or (node', "(node", ROADS),
    Fault(
        "the answer of __bool__ stays a Variable",
        EXPRESSIONS,
        "if self.questions is None or node.value is None or id(node) not in self.truths:",
        "if True:",
        ROADS,
    ),
    Fault(
        "what a function within __bool__ returns becomes a bool",
        EXPRESSIONS,
        "        elif not isinstance(node, (*SCOPES, ast.ClassDef)):",
        "        else:",
        BRANCHES,
    ),
    Fault(
        "declarations stay in the traced body",
        EXPRESSIONS,
        "            self.handlers.update(dict.fromkeys((ast.Global, ast.Nonlocal), left_out))\n        try:",
        "            pass\n        try:",
        ROADS,
    ),
    Fault(
        "numbers are taken for truth values",
        "transformer/questions.py",
        "return type(operand.value) is bool",
        "return True",
        BRANCHES,
    ),
    Fault(
        "True in a pattern stays",
        "transformer/questions.py",
        "self.questions.singletons.get(node.value) if type(node.value) is bool else None",
        "None",
        ROADS,
    ),
    Fault(
        "attributes of modules are hidden",
        "transformer/questions.py",
        "(isinstance(owner, ast.Name) and owner.id in self.imported | OWN_NAMES)",
        "False",
        ROADS,
    ),
    Fault(
        "docstrings get lost",
        "transformer/bodies.py",
        "count = isinstance(body[0].value.value, str)",
        "count = 0",
        ROADS,
    ),
    Fault(
        "a module's loop that defines a function has it twice",
        "transformer/bodies.py",
        "        if expressions.scopes > scopes:\n            return self.block(node)\n",
        "",
        ROADS,
    ),
    Fault(
        "functions that a plain body makes are plain",
        "transformer/bodies.py",
        "[*head, self.choice(traced, map_list(rest, self.plain) if inner else rest)]",
        "[*head, self.choice(traced, rest)]",
        REWRITER,
    ),
    Fault(
        "functions of a function that does nothing else are plain",
        "transformer/bodies.py",
        "return head + map_list(rest, self.plain) if inner else body",
        "return body",
        REWRITER,
    ),
    Fault(
        "functions that a plain lambda makes are plain",
        "transformer/bodies.py",
        "plain = self.plain(body) if inner else body",
        "plain = body",
        REWRITER,
    ),
    Fault(
        "what inner functions compute gives outer ones two bodies",
        "transformer/bodies.py",
        "inside = inside_before + expressions.rewritten - before",
        "inside = 0",
        REWRITER,
    ),
    Fault(
        "imports in an except clause are no imports",
        "transformer/questions.py",
        '"finalbody", "handlers", "cases")',
        '"finalbody", "cases")',
        (*REWRITER, "transformer/questions.py"),
    ),
    Fault(
        "an object and a name in one starred argument are passed by",
        "transformer/questions.py",
        "starred = any(isinstance(argument, ast.Starred) for argument in visited[:2])",
        "starred = False",
        ROADS,
    ),
    Fault(
        "a class that traced code makes by type belongs to the tracer",
        "minitorch/tracing/replacements.py",
        'vars(kind).get("__module__") == __name__',
        "False",
        ROADS,
    ),
    Fault(
        "the cache is read whatever its source",
        "transformer/cache.py",
        "data.startswith(_HEAD + stamp)",
        "data.startswith(_HEAD)",
        CACHE,
    ),
    Fault(
        "the cache of another rewriter is read",
        "transformer/cache.py",
        'f"rewritten-{rewriter_digest()}-{targets_digest}"',
        'f"rewritten-{targets_digest}"',
        CACHE,
    ),
    Fault(
        "the cache is written where no bytecode is wanted",
        "transformer/cache.py",
        "    if sys.dont_write_bytecode:\n        return\n",
        "",
        CACHE,
    ),
    Fault(
        "nan in the source counts as changed code",
        "transformer/definition.py",
        "return _written(one) == _written(other)",
        "return bool(one == other)",
        REWRITER,
    ),
    Fault(
        "constants in a tuple may be of another type",
        "transformer/definition.py",
        "return len(one) == len(other) and all(map(_same_constant, one, other))",
        "return bool(one == other)",
        REWRITER,
    ),
    Fault(
        "constants in a set may be of another type",
        "transformer/definition.py",
        "return sorted(map(_written, one)) == sorted(map(_written, other))",
        "return bool(one == other)",
        REWRITER,
    ),
    Fault(
        "long whole numbers have no text",
        "transformer/definition.py",
        "return hex(constant) if type(constant) is int else repr(constant)",
        "return repr(constant)",
        REWRITER,
    ),
    Fault(
        "code at other places is taken for the same",
        "transformer/definition.py",
        "if with_positions and sys.version_info >= (3, 11) and list(one.co_positions()) != list(other.co_positions()):",
        "if False:",
        REWRITER,
        survives="" if sys.version_info >= (3, 11) else NO_COLUMNS,
    ),
    Fault(
        "names of private attributes are not mangled",
        "transformer/definition.py",
        "    body = [_class(self.private, body, node)]",
        "    pass",
        REWRITER,
    ),
    Fault(
        "runtime functions have lines",
        "transformer/line_table.py",
        'return code.replace(co_linetable=b"".join(units))',
        "return code",
        ("tests/unit/transformer", "tests/contract/test_measured_by_coverage.py", "tests/contract/test_coverage.py"),
        survives="" if sys.version_info >= (3, 12) else "they have them: sys.monitoring came with Python 3.12",
    ),
]
