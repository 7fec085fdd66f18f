"""Operators and mathematical functions: values by the lowerings of the rows, edges by their partial derivatives."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.errors import Errors, Raised
from minitorch.compiler.structural.basis.frames import COUNT
from minitorch.compiler.structural.basis.kinds import BOOL, INT, Bool, Float, Int, Static, Tuple, Value, described
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.basis.walk import EXACT
from minitorch.compiler.structural.passes.tape import push
from minitorch.compiler.structural.values.rounding import note_rounding
from minitorch.machine_code.llvm.emitter import Emitter
from minitorch.machine_code.lowering.rows import (
    blended,
    can_lower,
    is_cheap,
    lower_operation,
    lower_steps,
    row_function,
)
from minitorch.machine_code.partials import partials_tree
from minitorch.machine_code.program import Branching
from minitorch.rules.real import RULES

__all__ = ["BINARY", "COMPARISONS", "Arithmetic"]

BINARY: Final[dict[type[ast.operator], str]] = {
    ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Div: "TrueDiv", ast.FloorDiv: "FloorDiv", ast.Mod: "Mod",
    ast.Pow: "Pow",
}  # fmt: skip

COMPARISONS: Final[dict[type[ast.cmpop], tuple[str, str, str]]] = {
    ast.Lt: ("LT", "olt", "slt"), ast.LtE: ("LE", "ole", "sle"), ast.Gt: ("GT", "ogt", "sgt"),
    ast.GtE: ("GE", "oge", "sge"), ast.Eq: ("EQ", "oeq", "eq"), ast.NotEq: ("NE", "une", "ne"),
}  # fmt: skip

KEEPS_WHOLE: Final = frozenset({"Add", "Sub", "Mul"})
"""Operations of which the float of the ints is the float of their result."""

ROUNDING: Final = frozenset({"FloorDiv", "Round", "ModfWhole"})


class Arithmetic(Errors):
    """The part of a walk that computes."""

    def is_number(self, value: Value) -> bool:
        """Return whether a value is a float or an int."""
        return isinstance(value.kind, (Float, Int, Bool))

    def apply(self, name: str, *operands: Value) -> Value:
        """Write a row's operation on floats; of constants do it now."""
        for operand in operands:
            if not self.is_number(operand):
                raise Refused(f"{name} of {described(operand.kind)}")
            if isinstance(operand.kind, Bool) and operand.kind.active:
                raise Refused("arithmetic with the outcome of a comparison")
        if all(operand.is_constant for operand in operands):
            return self.folded(RULES[name].function, operands)
        active = [index for index, x in enumerate(operands) if isinstance(x.kind, Float) and x.kind.active]
        if not can_lower(name, len(operands)):
            raise Refused(f"{name} has no machine code")
        doubles = [self.double(operand) for operand in operands]
        result = self.lowered(name, doubles)
        if not active:
            return Value(Float(False), (result,))
        if name in ROUNDING:
            for index in active:
                note_rounding(self, operands[index].parts[1])
        edges = [(self.partial(name, index, doubles, result), operands[index].parts[1]) for index in active]
        return self.made(result, edges)

    def made(self, result: str, edges: list[tuple[str, str]]) -> Value:
        """Return a float with a history."""
        self.env[COUNT], node = push(self.writer, self.count(), edges)
        return Value(Float(True), (result, node))

    def partial(self, name: str, index: int, operands: Sequence[str], result: str) -> str:
        """Write a partial derivative of a row."""
        arity = len(operands)
        if arity - 1 == RULES[name].int_input:
            return self.partial_beside_int(name, operands)
        tree = partials_tree(name, arity, (index,))
        if tree is None:
            raise Refused(f"the partial derivatives of {name} have no machine code")
        writer = self.writer
        if not isinstance(tree.after, Branching):
            return lower_steps(writer, tree, [*operands, result])[0]
        exponent = writer.constants.get(operands[1]) if name == "Pow" and index == 0 else None
        if exponent:
            # What `special.power_by_base` comes to there; as a constant the exponent has quicker ways.
            power = lower_operation(writer, "Pow", operands[0], writer.constant(exponent - 1.0))
            return writer.arithmetic("fmul", operands[1], power)
        if is_cheap(tree):
            return blended(writer, tree, [*operands, result])
        symbol = f'@"partial.{name}.{arity}.{index}"'
        if symbol not in writer.declarations:
            writer.declarations[symbol] = ""
            text = row_function(Emitter(writer.declarations), symbol, tree, arity + 1)
            writer.declarations[symbol] = text
        arguments = ", ".join(f"double {operand}" for operand in (*operands, result))
        pair = writer.effect(f"call {{ double, i1 }} {symbol}({arguments})")
        writer.fails(writer.effect(f"extractvalue {{ double, i1 }} {pair}, 1"))
        return writer.effect(f"extractvalue {{ double, i1 }} {pair}, 0")

    def partial_beside_int(self, name: str, operands: Sequence[str]) -> str:
        """Write the partial derivative of a row by its first operand, where another one is an int."""
        if name == "Ldexp":
            return lower_operation(self.writer, name, self.writer.constant(1.0), operands[1])
        if name != "Round":
            raise Refused(f"the partial derivatives of {name} have no machine code")
        return self.writer.constant(0.0)

    def folded(self, function: Any, operands: Sequence[Value]) -> Value:
        """Compute with constants."""
        try:
            result = function(*(operand.constant for operand in operands))
        except (ArithmeticError, ValueError, TypeError) as error:
            self.raise_always(Raised(type(error)))
        if type(result) not in (float, int, bool):
            raise Refused(f"a constant that is {type(result).__name__}")
        value = self.of(result)
        if isinstance(value.kind, Static):
            raise Refused("an int of more than 64 bits")
        return value

    # -- operators -----------------------------------------------------------------------------------------------------

    def binary(self, operator: type[ast.operator], x: Value, y: Value) -> Value:
        """Write an operator of two operands."""
        if operator not in BINARY:
            return self.bitwise(operator, x, y)
        name = BINARY[operator]
        if x.is_constant and y.is_constant and self.is_number(x) and self.is_number(y):
            return self.folded(RULES[name].function, (x, y))
        if isinstance(x.kind, Tuple) and isinstance(y.kind, Tuple) and name == "Add":
            return self.tuple_of([*self.items_of(x), *self.items_of(y)])
        kinds = x.kind, y.kind
        if not (self.is_number(x) and self.is_number(y)):
            return self.of_containers(name, x, y)
        if not any(isinstance(kind, Float) for kind in kinds):
            return self.of_ints(name, self.as_int(x), self.as_int(y))
        if not all(isinstance(kind, (Int, Bool)) or (isinstance(kind, Float) and kind.whole) for kind in kinds):
            return self.apply(name, x, y)
        ints = self.writer.both(self.is_int(x), self.is_int(y))
        if name not in (*KEEPS_WHOLE, "TrueDiv"):
            self.writer.fails(ints)
        result = self.apply(name, x, y)
        return self.as_whole(result, ints) if name in KEEPS_WHOLE else result

    def as_whole(self, value: Value, ints: str) -> Value:
        """Return the result of an operation as an int where its operands were some; leave where no float is that int.

        Args:
            value: the result of the operation on floats.
            ints: whether the operands were ints.
        """
        writer, number = self.writer, value.parts[0]
        assert isinstance(value.kind, Float)
        large = writer.compare("ogt", writer.intrinsic("fabs", number), writer.constant(float(EXACT)))
        writer.fails(writer.both(ints, large))
        # There is no int -0, and an int has no history.
        number = writer.choose(ints, writer.exact("fadd", number, writer.constant(0.0)), number)
        nodes = [writer.pure(f"select i1 {ints}, i32 0, i32 {value.parts[1]}")] if value.kind.active else []
        return Value(Float(value.kind.active, True), (number, *nodes, ints))

    def of_containers(self, name: str, x: Value, y: Value) -> Value:
        """Write an operator of lists."""
        raise Refused(f"{name} of {described(x.kind)} and {described(y.kind)}")

    def as_int(self, value: Value) -> Value:
        """Return an int or a bool as an int."""
        if isinstance(value.kind, Bool):
            if value.kind.active:
                raise Refused("arithmetic with the outcome of a comparison")
            if value.is_constant:
                return self.of(int(value.constant))
            return Value(INT, (self.writer.effect(f"zext i1 {value.parts[0]} to i64"),))
        if not isinstance(value.kind, Int):
            raise Refused(f"{described(value.kind)} in the place of an int")
        return value

    def of_ints(self, name: str, x: Value, y: Value) -> Value:
        """Write arithmetic with ints, which leaves where 64 bits do not suffice."""
        writer, (a,), (b,) = self.writer, x.parts, y.parts
        checked = {"Add": "sadd", "Sub": "ssub", "Mul": "smul"}.get(name)
        if checked is not None:
            return Value(INT, (self.with_overflow(checked, a, b),))
        if name == "Pow":
            return self.power_of_ints(x, y)
        if name not in ("TrueDiv", "FloorDiv", "Mod"):
            raise Refused(f"{name} of ints")
        if name == "TrueDiv":
            return self.apply("TrueDiv", Value(Float(False), (self.double(x),)), Value(Float(False), (self.double(y),)))
        self.raises(ZeroDivisionError, writer.pure(f"icmp eq i64 {b}, 0"))
        # The smallest int by -1 has no quotient.
        smallest = writer.pure(f"icmp eq i64 {a}, {-(2**63)}")
        writer.fails(writer.both(smallest, writer.pure(f"icmp eq i64 {b}, -1")))
        writer.check()
        remainder = writer.effect(f"srem i64 {a}, {b}")
        some = writer.pure(f"icmp ne i64 {remainder}, 0")
        opposite = writer.pure(f"icmp slt i64 {writer.pure(f'xor i64 {remainder}, {b}')}, 0")
        wrong = writer.both(some, opposite)
        if name == "Mod":
            moved = writer.pure(f"add i64 {remainder}, {b}")
            return Value(INT, (writer.pure(f"select i1 {wrong}, i64 {moved}, i64 {remainder}"),))
        quotient = writer.effect(f"sdiv i64 {a}, {b}")
        return Value(INT, (writer.pure(f"add i64 {quotient}, {writer.pure(f'sext i1 {wrong} to i64')}"),))

    def with_overflow(self, name: str, a: str, b: str) -> str:
        """Write an operation with ints that leaves where it overflows."""
        writer, function = self.writer, f"@llvm.{name}.with.overflow.i64"
        writer.declarations.setdefault(function, f"declare {{ i64, i1 }} {function}(i64, i64)")
        pair = writer.pure(f"call {{ i64, i1 }} {function}(i64 {a}, i64 {b})")
        writer.fails(writer.pure(f"extractvalue {{ i64, i1 }} {pair}, 1"))
        return writer.pure(f"extractvalue {{ i64, i1 }} {pair}, 0")

    def bitwise(self, operator: type[ast.operator], x: Value, y: Value) -> Value:
        """Write an operator on the bits of ints."""
        raise NotImplementedError

    def power_of_ints(self, x: Value, y: Value) -> Value:
        """Write a power of ints."""
        raise NotImplementedError

    def unary(self, operator: ast.unaryop, x: Value) -> Value:
        """Write an operator of one operand."""
        if isinstance(operator, ast.Not):
            truth = self.truth_of(x)
            if x.is_constant:
                return self.of(not x.constant)
            return Value(BOOL, (self.writer.negation(truth),))
        if isinstance(operator, ast.UAdd) and isinstance(x.kind, (Int, Float)):
            return self.apply("Pos", x) if isinstance(x.kind, Float) and not x.kind.whole else x
        if isinstance(operator, ast.Invert) and isinstance(x.kind, (Int, Bool)):
            return self.bitwise(ast.BitXor, self.as_int(x), self.of(-1))
        if not isinstance(operator, ast.USub) or not self.is_number(x):
            raise Refused(f"the operator {type(operator).__name__}")
        if x.is_constant:
            return self.folded(RULES["Neg"].function, (x,))
        if isinstance(x.kind, Float):
            result = self.apply("Neg", x)
            return self.as_whole(result, self.is_int(x)) if x.kind.whole else result
        return self.of_ints("Sub", self.of(0), self.as_int(x))

    # -- questions -----------------------------------------------------------------------------------------------------

    def compare(self, operator: type[ast.cmpop], x: Value, y: Value) -> Value:
        """Write a comparison of two numbers; where they are equal and have a history that is noted."""
        name, ordered, signed = COMPARISONS[operator]
        if not (self.is_number(x) and self.is_number(y)):
            raise Refused(f"a comparison of {described(x.kind)} with {described(y.kind)}")
        if x.is_constant and y.is_constant:
            return self.of(bool(RULES[name].function(x.constant, y.constant)))
        writer = self.writer
        if not isinstance(x.kind, Float) and not isinstance(y.kind, Float):
            a, b = self.as_int(x).parts[0], self.as_int(y).parts[0]
            return Value(BOOL, (writer.pure(f"icmp {signed} i64 {a}, {b}"),))
        a, b = self.double(x), self.double(y)
        nodes = self.node_of(x), self.node_of(y)
        active = any(isinstance(each.kind, Float) and each.kind.active for each in (x, y))
        if active:
            self.equates = self.equates or name in ("EQ", "NE")
            self.note_tie(writer.compare("oeq", a, b), *nodes)
        return Value(Bool(active), (writer.compare(ordered, a, b),))

    def note_tie(self, equal: str, left: str, right: str) -> None:
        """Note that numbers are equal, where one of them has a history."""
        writer = self.writer
        writer.check()
        some = writer.effect(f"icmp ne i32 {writer.effect(f'or i32 {left}, {right}')}, 0")
        both = writer.effect(f"and i1 {equal}, {some}")
        tied, following = writer.new_label(), writer.new_label()
        writer.line(f"br i1 {both}, label %{tied}, label %{following}, !prof !0")
        writer.label(tied)
        noted = writer.effect(f"call i1 @tie(ptr %context, i32 {left}, i32 {right})")
        writer.line(f"br i1 {noted}, label %{following}, label %leave")
        writer.label(following)

    def truth_of(self, value: Value) -> str:
        """Write whether a value is true."""
        if value.is_constant and not isinstance(value.kind, Tuple):
            return "true" if value.constant else "false"
        if isinstance(value.kind, Bool):
            return value.parts[0]
        if isinstance(value.kind, Int):
            return self.writer.pure(f"icmp ne i64 {value.parts[0]}, 0")
        if isinstance(value.kind, Float):
            if value.kind.active:
                self.equates = True
                zero = self.writer.constant(0.0)
                self.note_tie(self.writer.compare("oeq", value.parts[0], zero), value.parts[1], "0")
            return self.writer.compare("une", value.parts[0], self.writer.constant(0.0))
        if isinstance(value.kind, Tuple):
            return "true" if value.kind.items else "false"
        raise Refused(f"the truth of {described(value.kind)}")
