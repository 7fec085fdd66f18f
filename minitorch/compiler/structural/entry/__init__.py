"""How machine code is entered: arguments are read, the body runs, results are made."""
