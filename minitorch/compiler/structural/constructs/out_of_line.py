"""Functions of their own: what is large and called more than once, or calls itself, is written once per kinds.

    def power(x, n): return 1.0 if n == 0 else x * power(x, n - 1)

    define { i32, double, i32 } @function.0(ptr %context, i32 %count, double %p0, i32 %p1, i64 %p2)

Such a function takes how many edges there are, and the parts of its arguments and of what it closes over; it returns
how many edges there are then, -1 where it has left, and the parts of its result. Of a function that calls itself the
kind of the result is what the ways give that are known to return; each walk over it knows more of them.
"""

from __future__ import annotations

import ast
import functools
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.alternatives import ZEROS
from minitorch.compiler.structural.basis.frames import COUNT, Env, Frame, Generator, carried
from minitorch.compiler.structural.basis.kinds import (
    COUNTER,
    Bool,
    Float,
    Int,
    Kind,
    Method,
    Mixed,
    OneOf,
    Shared,
    Static,
    Tuple,
    Value,
    fields_of,
    static,
)
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.syntax import Definition, changes_outside, names_read, node_count
from minitorch.compiler.structural.basis.writer import BlockWriter
from minitorch.compiler.structural.constructs.closures import LocalFunction, keeps_nothing
from minitorch.compiler.structural.constructs.instances import Code, Instance, Written
from minitorch.compiler.structural.constructs.parameters import Keywords
from minitorch.compiler.structural.constructs.passing import alike, parameter, passed_parts, signature_of, sites_apart
from minitorch.compiler.structural.passes.call_memory import DEPTH, STACK
from minitorch.compiler.structural.values.class_operators import ClassOperators
from minitorch.compiler.structural.values.iteration import Iterated

__all__ = ["MIN_NODES", "OutOfLine"]

MIN_NODES: Final = 40
"""A smaller function is written where it is called."""

MAX_INSTANCES: Final = 8
"""A function with more instances does not get more for each int that it is given as a constant."""

MAX_NESTED: Final = 12
"""Instances of one function that call each other."""

MAX_STACK: Final = 1 << 18
"""Bytes of the C stack for calls inside each other; deeper ones leave."""


class OutOfLine(ClassOperators):
    """The part of a walk that calls functions of their own."""

    @functools.cached_property
    def written(self) -> Written:
        """What this walk has written."""
        return Written()

    def checkpoint(self) -> Callable[[], None] | None:
        """Return what has the walk forget what it writes, functions of their own with it."""
        back, written = super().checkpoint(), self.written
        calls, functions = Counter(written.calls), set(written.functions)
        if back is None:
            return None

        def go_back() -> None:
            back()
            written.calls = Counter(calls)
            for each in written.functions.keys() - functions:
                code = written.functions.pop(each)
                if code is not None:
                    written.forgotten[each] = code

        return go_back

    def run(self, node: ast.FunctionDef | ast.Lambda, frame: Frame) -> Value:
        """Write a call of a function: its code, or a call of a function of its own."""
        chosen, calls = self.memory.out_of_line, self.written.calls
        calls[node] += 1
        is_open = any(each.path[-1:] == (id(node),) for each in self.frames)
        # In a function of its own what an error does is not known: it leaves. So there is none within a `try`.
        if node in chosen and (is_open or not self.catchers):
            passed = self.passed(node, frame)
            if passed is not None:
                return self.call_instance(node, frame, *passed)
            if is_open:
                raise Refused("a function that calls itself, and closes over what can't be passed on")
        elif node not in chosen and (is_open or (calls[node] > 1 and node_count(node) >= MIN_NODES)):
            chosen.add(node)
            self.memory.is_changed = True
            if is_open:
                raise Unreached
        return super().run(node, frame)

    # -- what is passed ------------------------------------------------------------------------------------------------

    def passed(self, node: Definition, frame: Frame) -> tuple[Env, Env, Any] | None:
        """Return the arguments, what a function closes over, and the function whose globals it has.

        `None` if some of that can't be passed.
        """
        assert frame.env is not None
        if changes_outside(node):
            return None
        others = carried(frame.env).keys() - frame.cells.values()
        arguments = {name: value for name, value in frame.env.items() if name not in others}
        function, around = frame.function, frame.around
        captured: Env = {}
        if around is not None:
            found = self.captured(node, around, frame.names)
            if found is None:
                return None
            captured, function = found
        if not all(map(self.is_passable, arguments.values())) or not all(
            isinstance(value.constant, LocalFunction) or self.is_passable(value) for value in captured.values()
        ):
            return None
        return arguments, captured, function

    def captured(self, node: ast.AST, around: Frame, own: frozenset[str]) -> tuple[Env, Any] | None:
        """Return what a function finds in those around it, and the outermost of these; `None` if that is unknown."""
        chain = [around]
        while chain[-1].function is None and chain[-1].around is not None:
            chain.append(chain[-1].around)
        captured: Env = {}
        holders: dict[str, Frame | None] = {}
        pending = [(name, around) for name in names_read(node) - own]
        while pending:
            name, start = pending.pop()
            inwards = chain[chain.index(start) :]
            holder = next((each for each in inwards if name in each.names or name in (each.env or {})), None)
            if holders.setdefault(name, holder) is not holder:
                return None
            if holder is None or name in captured:
                continue
            value = (holder.env or {}).get(name)
            if any(name in names for names, _ in holder.hidden):
                return None
            if value is None or value.bound is not None or isinstance(value.kind, Mixed):
                return None
            captured[name] = value
            if isinstance(value.constant, LocalFunction):
                local = value.constant
                if local.frame not in chain or not keeps_nothing(local):
                    return None
                pending += [(each, value.constant.frame) for each in names_read(value.constant.node)]
        return captured, chain[-1].function

    def is_passable(self, value: Value) -> bool:
        """Return whether a value can be an argument of a function of its own."""
        if value.bound is not None:
            return False
        if isinstance(value.kind, Tuple):
            return all(map(self.is_passable, self.items_of(value)))
        if isinstance(value.constant, LocalFunction):
            found = self.captured(value.constant.node, value.constant.frame, frozenset())
            return found is not None and not found[0] and keeps_nothing(value.constant)
        if isinstance(value.constant, (Keywords, Generator, Iterated)):
            return False
        if isinstance(value.kind, Method):
            return self.is_passable(Value(value.kind.owner))
        if isinstance(value.kind, OneOf):
            return all(self.is_passable(Value(kind)) for kind in value.kind.kinds)
        return isinstance(value.kind, (Float, Int, Bool, Shared, Static))

    # -- calls ---------------------------------------------------------------------------------------------------------

    def call_instance(self, node: ast.AST, frame: Frame, arguments: Env, captured: Env, function: Any) -> Value:
        """Write a call of a function of its own, which is written first if it was not yet."""
        values = [*arguments.values(), *captured.values()]
        instance, general = self.instance(node, function, values)
        self.paths[frame.path] = (instance.symbol,)
        opened = next((place for each, place in self.written.open if each is instance), None)
        if opened is not None:
            weight = max(instance.weight, len(self.frames) - opened - 1)
            if weight != instance.weight:
                instance.weight, self.memory.is_changed = weight, True
        elif instance not in self.written.functions and not self.remembered(instance):
            self.written.functions[instance] = self.function_of(instance, frame, arguments, captured, general)
        if self.written.open:
            self.written.callees[self.written.open[-1][0]].add(instance)
        kind, writer = instance.result, self.writer
        instance.is_asked = True
        if kind is None:
            raise Unreached
        if isinstance(kind, Mixed):
            raise Refused(kind.reason)
        writer.check()
        parts = [part for value in values for part in passed_parts(self, value, general)]
        given = ", ".join([f"ptr %context, i32 {self.count().parts[0]}", *(f"{each} {part}" for each, part in parts)])
        returned = returned_type(kind)
        found = writer.effect(f"call {returned} @{instance.symbol}({given})")
        count = writer.effect(f"extractvalue {returned} {found}, 0")
        self.require(writer.effect(f"icmp ne i32 {count}, -1"))
        writer.reservation = None
        self.env[COUNT] = Value(COUNTER, (count,))
        if isinstance(kind, Static):
            return static(kind.object)
        fields = range(1, 1 + len(fields_of(kind)))
        return Value(kind, tuple(writer.effect(f"extractvalue {returned} {found}, {index}") for index in fields))

    def instance(self, node: ast.AST, function: Any, values: Sequence[Value]) -> tuple[Instance, bool]:
        """Return the function of its own for some arguments, and whether it has ints as variables only."""
        known = [each for each in self.memory.instances if each.node is node and each.function is function]
        nested = [each for each, _ in self.written.open if each.node is node and each.function is function]
        general = bool(nested) or len(known) >= MAX_INSTANCES
        signature = tuple(signature_of(self, value, general) for value in values)
        for each in nested:
            # Lists that such a function makes for itself are of one kind, or there would be ever others.
            for one, other in sites_apart(each.signature, signature):
                self.memory.unite(one, other)
        found = next((each for each in known if each.signature == signature), None)
        for each in known if found is None else ():
            apart = sites_apart(each.signature, signature)
            if apart and all(alike(one, other) for one, other in apart):
                for one, other in apart:
                    self.memory.unite(one, other)
                found = each
                break
        if found is None:
            if len(nested) > MAX_NESTED:
                raise Refused("a function that calls itself with ever other kinds of arguments")
            found = Instance(node, function, signature, f"function.{len(self.memory.instances)}")
            self.memory.instances.append(found)
            self.memory.has_learned = True
        return found, general

    # -- functions -----------------------------------------------------------------------------------------------------

    def remembered(self, instance: Instance) -> bool:
        """Take the code of a function that was forgotten, with those that it calls; return whether there was some."""
        code = self.written.forgotten.pop(instance, None)
        if code is None:
            return False
        self.written.functions[instance] = code
        for place, value in code.notes:
            self.note_at(place, value)
        self.unbound |= code.unbound
        for each in self.written.callees[instance]:
            self.remembered(each)
        return True

    def function_of(
        self, instance: Instance, frame: Frame, arguments: Env, captured: Env, general: bool
    ) -> Code | None:
        """Write a function of its own."""
        noted = len(self.noted)
        outer, place_key, catchers, known = self.writer, self.place_key, self.catchers, len(self.frames)
        self.catchers = []
        writer = self.writer = BlockWriter(outer.declarations)
        writer.start("entry")
        names = (f"%p{index}" for index in range(1 << 30))
        shadow = Frame({}, frozenset(captured), instance.function)
        frame.env = {name: parameter(self, value, general, names) for name, value in arguments.items()}
        shadow.env = {}
        for name, value in captured.items():
            local = value.constant
            if isinstance(local, LocalFunction):
                shadow.env[name] = static(LocalFunction(local.node, shadow, 0, local.defaults, local.only))
            else:
                shadow.env[name] = parameter(self, value, general, names)
        frame.env[COUNT] = Value(COUNTER, ("%count",))
        frame.path = (instance.symbol,)
        if captured:
            frame.around = shadow
        self.frames.append(shadow)
        self.written.open.append((instance, known))
        try:
            self.enter(instance)
            result = super().run(instance.node, frame)  # type: ignore[arg-type]
            self.widen_result(instance, result.kind)
            assert instance.result is not None
            self.return_parts(instance, result)
        except Unreached:
            return None
        finally:
            del self.frames[known:]
            self.written.open.pop()
            self.writer, self.place_key, self.catchers = outer, place_key, catchers
        values = [*arguments.values(), *captured.values()]
        fields = [each for value in values for each, _ in passed_parts(self, value, general)]
        parameters = ", ".join(
            ["ptr %context, i32 %count", *(f"{each} %p{index}" for index, each in enumerate(fields))]
        )
        writer.label("leave")
        zeros = ", ".join(["i32 -1", *(f"{each} {ZEROS[each]}" for each in fields_of(instance.result))])
        returned = returned_type(instance.result)
        writer.line(f"ret {returned} {{ {zeros} }}")
        writer.leave_where_abandoned("leave")
        head, own = f"define internal {returned} @{instance.symbol}({parameters})", (instance.symbol,)
        notes = [each for each in self.noted[noted:] if each[0][0][:1] == own]
        return Code(head, writer, notes, {each for each in self.unbound if each[0][:1] == own})

    def widen_result(self, instance: Instance, kind: Kind) -> None:
        """Have the result of a function be of a kind, too."""
        wider = kind if instance.result is None else self.memory.covering(instance.result, kind)
        if instance.result is None or wider != instance.result:
            instance.result = wider
            self.memory.note_news(instance.is_asked)

    def enter(self, instance: Instance) -> None:
        """Write the beginning of a function: one that calls itself leaves where Python or the C stack had enough."""
        if not instance.weight:
            return
        writer = self.writer
        place = writer.at("%context", str(8 * DEPTH))
        depth = writer.effect(f"add i64 {writer.load('i64', place)}, {instance.weight}")
        writer.fails(writer.effect(f"icmp ugt i64 {depth}, {sys.getrecursionlimit() // 2}"))
        here = writer.effect(f"ptrtoint ptr {writer.effect('alloca i8')} to i64")
        base = writer.load("i64", writer.at("%context", str(8 * STACK)))
        writer.fails(writer.effect(f"icmp ugt i64 {writer.effect(f'sub i64 {base}, {here}')}, {MAX_STACK}"))
        writer.check()
        writer.store("i64", depth, place)

    def return_parts(self, instance: Instance, result: Value) -> None:
        """Write the return from a function."""
        writer, kind = self.writer, instance.result
        assert kind is not None
        parts = [] if isinstance(kind, Mixed) else self.converted(result, kind)
        writer.check()
        if instance.weight:
            place = writer.at("%context", str(8 * DEPTH))
            writer.store("i64", writer.effect(f"sub i64 {writer.load('i64', place)}, {instance.weight}"), place)
        returned, whole = returned_type(kind), "poison"
        pairs = [("i32", self.count().parts[0]), *zip(fields_of(kind), parts, strict=True)]
        for index, (each, part) in enumerate(pairs):
            whole = writer.effect(f"insertvalue {returned} {whole}, {each} {part}, {index}")
        writer.line(f"ret {returned} {whole}")


def returned_type(kind: Kind) -> str:
    """Return what a function of its own returns.

    >>> returned_type(Tuple((Float(True), Int())))
    '{ i32, double, i32, i64 }'
    """
    return f"{{ {', '.join(['i32', *fields_of(kind)])} }}"
