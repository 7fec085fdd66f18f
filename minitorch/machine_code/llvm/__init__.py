"""LLVM: the engine, symbols, text of functions, and CPython's own functions and layouts."""
