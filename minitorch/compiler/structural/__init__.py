"""Functions as machine code with their own loops and branches, values and exact derivatives.

The function's own syntax tree is run in the abstract, with the kinds of the arguments as a start. Each value has a kind
(`kinds`), known at every point of the program, and LLVM names for its parts; running a statement writes its code
(`statements`, `expressions`), so that one walk finds the kinds and writes the code:

    while fallen < height:          header:  %fallen = phi double [ 0.0, … ], [ %v40, … ]
        fallen += v * dt            body:    …

A loop's variables and a list's elements need kinds before the code that tells them is met. What was found is remembered
(`memory`), and the whole is run again until nothing new is found. Small Python functions that are called are written
where they are called, others once for each kind of arguments (`out_of_line`). Names of globals and closures are read
now, and what was read is noted (`reads`) to be compared before each call.

A float that depends on the inputs is a double and the number of its node. Each operation on such floats writes edges to
the tape (`tape`): a partial derivative, the number of the operand's node and that of the result's. The reverse pass
reads the edges from the last one on. Those of an operation stand with the first operand's last, so adjoints are added
in the order of `autodiff.variable.run_pass`, the first contribution as it is, to the last bit. Node 0 stands for a
number without history.

Whatever does not fit is `Refused` with a reason while it is compiled. What Python would raise, an int beyond 64 bits,
an index out of range or a special point leaves with a status while it runs. Nothing outside has changed then, so the
whole call is for somebody else to answer.

    basis         what every part of a walk needs: kinds, frames, joins, the text, and what was read
    values        numbers, lists, texts, dicts and objects, and what is done with them
    constructs    names, expressions, functions and statements
    passes        the tape, the passes over it, and the memory of a call
    manifest      what is kept on disk besides machine code, so that another process uses it without a walk
    entry         how Python's objects become arguments, and results Python's objects
    here          from a function to machine code, when that is made, and which calls it answers
"""

from minitorch.compiler.structural.call import StructuralFunction, compile_structurally

__all__ = ["StructuralFunction", "compile_structurally"]
