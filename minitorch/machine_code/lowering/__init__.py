"""From a program of recorded operations to functions of LLVM."""
