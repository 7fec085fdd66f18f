"""Recording and the reverse pass as machine code, switched on once a process has recorded enough to be worth it.

The Python code in `number`, `primitives` and `reverse` says what happens, and goes on doing whatever is unusual. Here
the usual cases, floats and Scalars of the four operations, powers of two, negation and comparisons, are done again
without Python's frames: the same values and partial derivatives in the same Variables, to the last bit.

    x * y      nb_multiply of Scalar: machine code; anything but floats, ints and Scalars: what was there before
"""
