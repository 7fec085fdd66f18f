"""Functions that differentiate functions: `grad`, `jvp`, `hessian` and their kin."""
