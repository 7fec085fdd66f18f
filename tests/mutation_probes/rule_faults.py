"""Faults of the rules, of Functions, and of the passes in Python."""

from __future__ import annotations

from .fault import Fault

__all__ = ["FAULTS"]


def fault(name: str, file: str, before: str, after: str, tests: tuple[str, ...], survives: str = "") -> Fault:
    """Return a fault that is looked for with the recorder in Python."""
    return Fault(name, file, before, after, tests, survives, in_python=True)


RULES = ("tests/unit/rules", "tests/contract/test_rules.py", "tests/contract/test_derivatives_at_kinks.py")
SECOND = (*RULES, "tests/contract/test_second_derivatives.py")
PASSES = ("tests/unit/recorder", "tests/unit/autodiff", "tests/unit/derivatives")
INTERRUPTS = ("tests/contract/test_interrupts.py",)
SPECIAL = "minitorch/rules/special.py"
REAL = "minitorch/rules/real.py"

FAULTS = [
    fault(
        "the remainder moves with its divisor the wrong way",
        REAL,
        "lambda x, y, z: -(x // y), in_place=operator.imod",
        "lambda x, y, z: x // y, in_place=operator.imod",
        RULES,
    ),
    fault(
        "an angle moves the wrong way",
        REAL,
        "lambda y, x, angle: -special.over_squared_norm(y, y, x)",
        "lambda y, x, angle: special.over_squared_norm(y, y, x)",
        RULES,
    ),
    fault(
        "a logarithm moves with its base the wrong way",
        REAL,
        "lambda x, base, y: -y / math.log(base) / base",
        "lambda x, base, y: y / math.log(base) / base",
        RULES,
    ),
    fault(
        "a sign is copied from one operand alone",
        REAL,
        "special.sign(x) * math.copysign(1.0, y)",
        "math.copysign(1.0, y)",
        RULES,
    ),
    fault(
        "a distance of zero has no derivative",
        SPECIAL,
        "        return [0.0 for _ in components]",
        "        return [component / length for component in components]",
        SECOND,
    ),
    fault(
        "a length of few digits is divided by",
        SPECIAL,
        "    if length < SHORT:\n        x, y",
        "    if length < 0.0:\n        x, y",
        SECOND,
    ),
    Fault(
        "in a loop a distance of zero has no derivative",
        SPECIAL,
        "return [component / length if length else 0.0 for component in components]",
        "return [component / length for component in components]",
        ("tests/contract/test_structural_list_rows.py",),
    ),
    fault(
        "a power of 0 loses its mixed second derivative",
        SPECIAL,
        "return y / x if abs(x) > 0 else 0.0",
        "return 0.0",
        SECOND,
    ),
    fault(
        "0 to a negative power has a derivative by its exponent",
        SPECIAL,
        "return 0.0 if x == 0 and y > 0 else",
        "return 0.0 if x == 0 else",
        RULES,
    ),
    fault(
        "a whole quotient is rounded with its remainder",
        SPECIAL,
        "quotient = x / y - remainder / y",
        "quotient = x / y",
        RULES,
    ),
    Fault("digamma has a wrong term", SPECIAL, "-1 / 252", "-1 / 225", RULES),
    Fault("digamma is reflected without rounding", SPECIAL, "(math.pi * (x - round(x, 0)))", "(math.pi * x)", RULES),
    fault(
        "the exponential of a square loses digits",
        SPECIAL,
        "return math.exp(-square) * (1.0 - lost)",
        "return math.exp(-square)",
        RULES,
    ),
    fault(
        "derivatives of tanh overflow",
        SPECIAL,
        "    if -1.0 < x < 1.0:\n        growth",
        "    if -400.0 < x < 400.0:\n        growth",
        SECOND,
    ),
    fault("an odd infinite power loses its sign", SPECIAL, "odd = y % 2 == 1", "odd = False", RULES),
    fault(
        "a Function in Python records under no_grad",
        "minitorch/autodiff/function.py",
        "active = active and is_recording()",
        "active = active",
        PASSES,
    ),
    fault(
        "a row in Python records under no_grad",
        "minitorch/scalars/primitives.py",
        "        if pausing and not is_recording():\n            active.clear()\n",
        "",
        PASSES,
    ),
    Fault("no_grad is left on", "minitorch/autodiff/grad_mode.py", "        flag.set(before)\n", "", INTERRUPTS),
    fault(
        "no_grad is looked for after its end",
        "minitorch/autodiff/grad_mode.py",
        "            holders.remove(holder)\n",
        "            pass\n",
        INTERRUPTS,
    ),
    fault(
        "no_grad of one thread ends that of another",
        "minitorch/autodiff/grad_mode.py",
        "            holders.remove(holder)\n",
        "            holders.pop()\n",
        ("tests/unit/autodiff/test_runs_in_threads.py",),
    ),
    fault(
        "a backward that gives too few derivatives passes",
        "minitorch/autodiff/function.py",
        "if len(derivatives) != len(inputs):\n            raise BackwardError",
        "if False:\n            raise BackwardError",
        (*PASSES, "tests/contract/test_errors.py"),
    ),
    fault(
        "what is older than a run is behind its outputs unseen",
        "minitorch/autodiff/topological_order.py",
        "if age < since or (not parents",
        "if (not parents",
        ("tests/contract/test_silence_left_behind.py", "tests/contract/test_history_kept.py", *PASSES),
        survives="what such a Variable was made from ends at a leaf that is no input either, which is looked at later",
    ),
    fault(
        "Variables whose histories were set are visited by age",
        "minitorch/autodiff/topological_order.py",
        " if are_by_age else by_use(nodes)\n\n\ndef by_use",
        "\n\n\ndef by_use",
        PASSES,
    ),
    fault(
        "contributions in Python replace each other",
        "minitorch/autodiff/variable.py",
        "adjoints[key] + contribution if key in adjoints else contribution",
        "contribution",
        PASSES,
    ),
    fault(
        "a Variable becomes a constant while a leaf lives",
        "minitorch/autodiff/variable.py",
        "        if node.is_leaf and not (type(node.creator) is InputHistory and node.creator.is_over()):\n"
        "            return False\n",
        "",
        (*PASSES, "tests/contract/test_history_kept.py", "tests/contract/test_silence_left_behind.py"),
    ),
    fault(
        "a rule that a user registers may give too few derivatives",
        "minitorch/rules/lifting.py",
        "    if len(derivatives) != len(inputs):",
        "    if False:",
        ("tests/contract/test_errors.py", "tests/unit/rules", "tests/unit/derivatives"),
    ),
]
