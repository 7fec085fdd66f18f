"""Names, expressions, functions and statements."""
