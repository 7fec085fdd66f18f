"""The table of derivatives of `scipy.special`, read once somebody has imported that: a file for each kind of function.

Each file has a dict `PARTIALS`: by the name of a function, its partial derivatives by its arguments, called with the
arguments and the output, as in the table of the scalars. Of a function with several outputs it has a list of such
tuples in `PARTIALS_OF_SEVERAL`. They are written in functions of numpy and scipy.special that have rows themselves, so
that they run on numbers, on arrays, and on what knows how it was made. `None` says that a derivative is not known.
"""
