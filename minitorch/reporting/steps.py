"""Which names each line of source gives values to: read from its syntax, for what watches the lines that run.

for k in range(3):             `k`, where the line that runs next is one of the loop's body
total += k * x             `total`
return total                   the value that the function returns
"""

from __future__ import annotations

import ast
import functools
import linecache
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from minitorch.transformer import parse_quietly

__all__ = ["NO_STEP", "Step", "Target", "steps_of"]

NO_BODY: Final = (0, -1)

SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Target:
    """Something that a statement gives a value.

    Args:
        text: its source.
        node: its syntax: a name, an attribute or a subscript.
    """

    text: str
    node: ast.expr

    @staticmethod
    def named(name: str) -> Target:
        """Return a name as a target."""
        return Target(name, ast.Name(name, ast.Load()))


@dataclass(frozen=True, slots=True)
class Step:
    """A statement without its body: what Python does between two lines.

    Args:
        first: its first line.
        last: its last line.
        targets: what it gives values.
        inside: what it gives values only where its body runs next: the target of a loop, a name in a pattern.
        body: the first and last line of that body.
        returns: whether it returns a value.
        is_shared: whether several statements stand on its lines, of which not each need run.
        repeats: whether the same line may run again with no other in between.
    """

    first: int
    last: int
    targets: tuple[Target, ...] = ()
    inside: tuple[Target, ...] = ()
    body: tuple[int, int] = NO_BODY
    returns: bool = False
    is_shared: bool = False
    repeats: bool = False

    def bound_before(self, line: int) -> tuple[Target, ...]:
        """Return what it has given values, if the line that runs next is this one."""
        return self.targets + self.inside if self.body[0] <= line <= self.body[1] else self.targets


NO_STEP: Final = Step(0, 0)
"""What runs where there is no statement, or where one was left by an error."""


def steps_of(file: str) -> dict[int, Step]:
    """Return the statements of a file by each of their lines; an empty dict where there is no source."""
    return _steps_of(file, hash(tuple(linecache.getlines(file))))


@functools.lru_cache(maxsize=64)
def _steps_of(file: str, _fingerprint: int) -> dict[int, Step]:
    try:
        tree = parse_quietly("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return {}
    steps: dict[int, Step] = {}
    for step in _steps_in(tree):
        for line in range(step.first, step.last + 1):
            known = steps.get(line)
            steps[line] = step if known is None else shared(known, step)
    return steps


def shared(one: Step, other: Step) -> Step:
    """Return a step for lines on which two statements stand: which of them ran is not known from lines."""
    return Step(
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        targets=one.targets + other.targets + one.inside + other.inside,
        returns=one.returns or other.returns,
        is_shared=True,
    )


def _steps_in(tree: ast.AST) -> Iterator[Step]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.match_case, ast.ExceptHandler)):
            yield _step_of(node)


def _step_of(node: ast.stmt | ast.match_case | ast.ExceptHandler) -> Step:
    """Return what a statement does, without the statements in it."""
    start: ast.AST = node.pattern if isinstance(node, ast.match_case) else node
    first, last = _line(start), _line(start, "end_lineno")
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    inside: list[ast.expr] = []
    within = NO_BODY
    if body:
        begin = min(_line(body[0].pattern if isinstance(body[0], ast.match_case) else body[0]), last)
        last = max(first, begin - 1)
        inside = list(_given_to_body(node))
        within = begin, max(_line(x, "end_lineno") for x in body if not isinstance(x, ast.match_case)) if inside else -1
    header = [x for x in ast.iter_child_nodes(node) if not isinstance(x, (ast.stmt, ast.match_case, ast.excepthandler))]
    is_scope = isinstance(node, SCOPES)
    targets = [] if is_scope else [*_assigned(node), *(x for part in header for x in _walrus(part))]
    comprehends = any(isinstance(x, COMPREHENSIONS) for part in header for x in ast.walk(part))
    return Step(
        first=first,
        last=last,
        targets=tuple(_targets(targets)),
        inside=tuple(_targets(inside)),
        body=within,
        returns=isinstance(node, ast.Return) and node.value is not None,
        repeats=first == last and not body and not comprehends,
    )


def _line(node: ast.AST, which: str = "lineno") -> int:
    return int(getattr(node, which))


def _assigned(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what an assignment gives values."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _parts(target)
    elif isinstance(node, ast.Delete):
        # Reading what is gone has Python let go of it: its dict of a frame's names may keep it until then.
        yield from node.targets
    elif isinstance(node, ast.AugAssign) or (isinstance(node, ast.AnnAssign) and node.value is not None):
        yield node.target


def _given_to_body(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a loop, a `with`, a handler of errors or a pattern gives values for its body."""
    if isinstance(node, (ast.For, ast.AsyncFor)):
        yield from _parts(node.target)
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            if item.optional_vars is not None:
                yield from _parts(item.optional_vars)
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield Target.named(node.name).node
    elif isinstance(node, ast.match_case):
        for part in ast.walk(node.pattern):
            name = getattr(part, "rest", None) if isinstance(part, ast.MatchMapping) else getattr(part, "name", None)
            if name and isinstance(part, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)):
                yield Target.named(name).node


def _parts(target: ast.expr) -> Iterator[ast.expr]:
    """Yield the single targets of one that may be a tuple."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from _parts(part)
    elif isinstance(target, ast.Starred):
        yield from _parts(target.value)
    else:
        yield target


def _walrus(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the targets of `:=` in an expression, not those in functions that are defined in it."""
    if isinstance(node, ast.NamedExpr):
        yield node.target
    if not isinstance(node, SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _walrus(child)


def _targets(nodes: Iterable[ast.expr]) -> Iterator[Target]:
    seen: dict[str, ast.expr] = {}
    for node in nodes:
        seen.setdefault(ast.unparse(node), node)
    return (Target(text, node) for text, node in seen.items())
