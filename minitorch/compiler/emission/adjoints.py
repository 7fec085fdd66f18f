"""The adjoints of an expression: what is kept for them when it is computed, and how the reverse pass adds them up.

    v + (9.81 - drag * v) * dt      kept: v, drag, dt

    t1 = 9.81 - drag.value * v.value
    give(v, d)
    t2_bar = d * dt
    …

An expression is one entry of the tape. Its operations are visited from the last one on, and of each the first operand
gets its share first: this is the order in which `autodiff.variable.run_pass` adds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from minitorch.compiler.emission.items import ActiveOperation, Item, is_active, is_simple
from minitorch.compiler.structural.basis.kinds import Float
from minitorch.machine_code.export.identifiers import Identifiers
from minitorch.machine_code.export.terms import Call, Name, Term
from minitorch.machine_code.partials import partials_tree
from minitorch.machine_code.program import Branching, Constant, Operation

if TYPE_CHECKING:
    from minitorch.compiler.emission.writing import Writing

__all__ = ["Adjoints"]

PASSIVE: Final = Float(False)

RESULT, BAR = "result", "d"
"""What the value of an expression and its adjoint are called in the reverse pass."""


def operations_of(item: Item) -> Iterator[ActiveOperation]:
    """Yield the operations that give a value, in the order in which they are done."""
    if item.operation is not None:
        for operand in item.operation.operands:
            yield from operations_of(operand)
        yield item.operation


class Adjoints:
    """Writes the adjoints of one expression.

    Args:
        writing: writes the function.
        root: its value.

    Attributes:
        kept: what is kept: by its text in the function the name in the reverse pass, and whether it has an adjoint.
        used: the names that partial derivatives need.
    """

    def __init__(self, writing: Writing, root: Item) -> None:
        assert root.operation is not None
        self.writing = writing
        self.language = writing.language
        self.root = root
        self.operations = list(operations_of(root))
        self.kept: dict[str, tuple[str, bool]] = {}
        self.used: set[str] = set()
        taken = self.language.reserved | writing.module.titles | {RESULT, BAR, "kept", "expression"}
        self.identifiers = Identifiers(taken, ascii_only=True)
        self.terms: dict[int, list[Term]] = {}
        self.names: dict[int, str] = {}
        for operation in self.operations:
            self.terms[id(operation)] = [self.operand(each) for each in operation.operands]
            is_root = operation is root.operation
            self.names[id(operation)] = self.language.value(RESULT) if is_root else self.identifiers.new(None)

    def operand(self, item: Item) -> Term:
        """Return an operand as the reverse pass knows it."""
        if item.operation is not None:
            return Name(self.names[id(item.operation)])
        if is_active(item.kind):
            return Name(self.language.value(self.keep(self.writing.held(item), True)))
        if item.is_literal:
            return Constant(item.constant)
        text = self.language.text(self.writing.value(item))
        return Name(self.keep(text, False))

    def keep(self, text: str, has_adjoint: bool) -> str:
        """Keep a value, and return what the reverse pass calls it."""
        if text not in self.kept:
            wanted = text if is_simple(text) or has_adjoint else None
            self.kept[text] = self.identifiers.new(wanted), has_adjoint
        return self.kept[text][0]

    def use(self, term: Term) -> Term:
        """Note that the reverse pass needs a value; return it."""
        if isinstance(term, Name):
            self.used.add(term.text)
        elif isinstance(term, Call):
            for operand in term.operands:
                self.use(operand)
        return term

    # -- partial derivatives -------------------------------------------------------------------------------------------

    def partial(self, operation: ActiveOperation, index: int) -> Term:
        """Return a partial derivative of an operation."""
        name, operands = operation.name, self.terms[id(operation)]
        arity = len(operands)
        exponent = operands[1] if name == "Pow" and index == 0 else None
        if isinstance(exponent, Constant) and exponent.value:
            # What `special.power_by_base` comes to there; the first power is the number itself.
            lower = Constant(float(exponent.value) - 1.0)
            self.use(operands[0])
            power = operands[0] if lower.value == 1.0 else self.language.power(operands[0], lower)
            return Call("Mul", (exponent, power))
        tree = partials_tree(name, arity, (index,))
        if tree is None:
            raise self.writing.refusal(self.writing.statement or self.writing.node, f"the derivative of {name}")
        values: list[Term] = [*operands, Name(self.names[id(operation)])]
        module = self.writing.module
        if not isinstance(tree.after, Branching) and not any(
            isinstance(step, Operation) and step.function != "TrueDiv" and module.can_fail(step) for step in tree.steps
        ):
            for step in tree.steps:
                if isinstance(step, Constant):
                    values.append(step)
                else:
                    values.append(module.expanded(step.function, [values[x] for x in step.operands]))
            return self.use(values[tree.after[0]])
        texts = [self.language.text(self.use(value)) for value in values]
        return Name(module.partial_call(name, arity, index, tree, texts))

    # -- the whole -----------------------------------------------------------------------------------------------------

    def gives(self) -> Iterator[str]:
        """Yield the lines that add up the adjoints."""
        bars = {id(self.root.operation): BAR}
        for operation in reversed(self.operations):
            bar = bars[id(operation)]
            for index, item in enumerate(operation.operands):
                if not is_active(item.kind):
                    continue
                partial = self.partial(operation, index)
                share: Term = Call("Mul", (Name(bar), partial))
                if isinstance(partial, Constant) and partial.value in (1.0, -1.0):
                    share = Name(bar) if partial.value == 1.0 else Call("Neg", (Name(bar),))
                text = self.language.text(share)
                if item.operation is None:
                    yield self.language.statement(self.language.give(self.kept[item.text][0], text))
                elif isinstance(share, Name):
                    bars[id(item.operation)] = bar
                else:
                    name = self.identifiers.new(f"{self.names[id(item.operation)]}_bar")
                    bars[id(item.operation)] = name
                    yield self.language.fixed(PASSIVE, name, text)

    def needed(self) -> list[str]:
        """Return the lines that compute again what partial derivatives need."""
        lines = []
        for operation in reversed(self.operations[:-1]):
            name = self.names[id(operation)]
            if name in self.used:
                term = self.use(self.writing.module.expanded(operation.name, self.terms[id(operation)]))
                lines.append(self.language.fixed(PASSIVE, name, self.language.text(term)))
        return lines[::-1]

    def written(self) -> tuple[list[str], str]:
        """Return the lines that compute the value and keep what is needed, and the text of the value."""
        gives = list(self.gives())
        needed = self.needed()
        kept = {
            text: (name, has_adjoint)
            for text, (name, has_adjoint) in self.kept.items()
            if has_adjoint or name in self.used
        }
        writing = self.writing
        source = writing.source(writing.statement) if writing.statement is not None else ""
        label = writing.label()
        module = writing.module
        module.cases.append((writing, label, source, list(kept.values()), [*needed, *gives]))
        pairs = [(text, has_adjoint) for text, (_, has_adjoint) in kept.items()]
        assert self.root.term is not None
        return self.language.noted(self.language.text(self.root.term), label, pairs)
