"""What runs in place of operators, builtins and library functions in code that is traced."""
