"""The variables of a function: what each holds over its life, and where it can be declared."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from minitorch.compiler.structural.basis.kinds import Kind

__all__ = ["Chain", "Variable", "homes", "literals", "loads", "names_bound"]

Chain = tuple[tuple[tuple[int, str], int], ...]
"""Where something is: for each block around it which one, and at which of its statements."""

COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.Lambda)


@dataclass
class Variable:
    """A variable of the text.

    Args:
        name: what it is called there.
        kind: what it holds.
        home: the statement that declares it; `None` where that is done at the top of the function.
        flag: the variable that tells whether it has a value, if there is one.
    """

    name: str
    kind: Kind
    home: int | None = None
    flag: str | None = None


def names_bound(node: ast.AST) -> set[str]:
    """Return the names that a comprehension or a function binds."""
    if isinstance(node, COMPREHENSIONS):
        targets = [generator.target for generator in node.generators]
        return {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    assert isinstance(node, FUNCTIONS)
    given = node.args
    names = {each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    body = node.body if isinstance(node, ast.FunctionDef) else [node.body]
    return names | {
        each.id
        for statement in body
        for each in ast.walk(statement)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def loads(node: ast.AST, hidden: frozenset[str] = frozenset()) -> Iterator[ast.Name]:
    """Yield the names that are read, or changed by `+=`, without those that something inside binds."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in hidden:
            yield node
        return
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id not in hidden:
        yield node.target
    if isinstance(node, (*COMPREHENSIONS, *FUNCTIONS)):
        inner = hidden | names_bound(node)
        for child in ast.iter_child_nodes(node):
            yield from loads(child, inner)
        if isinstance(node, COMPREHENSIONS):
            yield from loads(node.generators[0].iter, hidden)
        return
    for child in ast.iter_child_nodes(node):
        yield from loads(child, hidden)


def literals(body: Sequence[ast.stmt]) -> set[str]:
    """Return the variables that are given one value in all, a literal.

    >>> literals(ast.parse("x = 1.0\\ny = 2\\ny += 1").body)
    {'x'}
    """
    stores: dict[str, int] = {}
    fixed = set()
    for statement in body:
        for each in ast.walk(statement):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                stores[each.id] = stores.get(each.id, 0) + 1
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant):
                fixed |= {target.id for target in each.targets if isinstance(target, ast.Name)}
    return {name for name in fixed if stores[name] == 1}


def mentions(nodes: Sequence[ast.stmt], block: tuple[int, str], around: Chain) -> Iterator[tuple[str, Chain, bool]]:
    """Yield the names that statements mention, where, and whether that gives them a value for sure."""
    for index, node in enumerate(nodes):
        chain = (*around, (block, index))
        blocks = {
            name: getattr(node, name) for name in ("body", "orelse") if isinstance(getattr(node, name, None), list)
        }
        if isinstance(node, ast.FunctionDef):
            blocks = {}
        inside = {id(each) for part in blocks.values() for each in part}
        loop_target = node.target if isinstance(node, ast.For) else None
        if loop_target is not None:
            inside.add(id(loop_target))
            for each in ast.walk(loop_target):
                if isinstance(each, ast.Name):
                    yield each.id, (*chain, ((id(node), "body"), -1)), True
        sure: set[str] = set()
        if isinstance(node, ast.Assign):
            read = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
            targets = [item for target in node.targets for item in getattr(target, "elts", [target])]
            sure = {target.id for target in targets if isinstance(target, ast.Name)} - read
        for child in ast.iter_child_nodes(node):
            if id(child) not in inside:
                for each in ast.walk(child):
                    if isinstance(each, ast.Name):
                        yield each.id, chain, each.id in sure
        for name, part in blocks.items():
            yield from mentions(part, (id(node), name), chain)


def homes(body: Sequence[ast.stmt]) -> dict[str, int]:
    """Return the variables that a statement can declare: by their names that statement, or the loop whose target it is.

    All that is said of such a variable stands in one block, and the first thing gives it a value.

    >>> tree = ast.parse("for i in range(3):\\n    y = i\\n    y = y + 1")
    >>> homes(tree.body) == {"i": id(tree.body[0]), "y": id(tree.body[0].body[0])}
    True
    """
    found: dict[str, list[tuple[Chain, bool]]] = {}
    for name, chain, is_sure in mentions(body, (0, "body"), ()):
        found.setdefault(name, []).append((chain, is_sure))
    statements = {id(each): each for statement in body for each in ast.walk(statement)}
    chosen = {}
    for name, places in found.items():
        depth = 0
        chains = [chain for chain, _ in places]
        while all(len(chain) > depth + 1 for chain in chains) and len({chain[depth] for chain in chains}) == 1:
            depth += 1
        if len({chain[depth][0] for chain in chains}) > 1:
            continue
        first = min(chain[depth][1] for chain in chains)
        begins = [(chain, is_sure) for chain, is_sure in places if chain[depth][1] == first]
        if not all(len(chain) == depth + 1 and is_sure for chain, is_sure in begins):
            continue
        block, _ = chains[0][depth]
        if first == -1:
            chosen[name] = block[0]
            continue
        owner = statements.get(block[0])
        nodes = body if owner is None else getattr(owner, block[1])
        chosen[name] = id(nodes[first])
    return chosen
