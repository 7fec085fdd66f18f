"""Records one call of a function as a trace: its operations, decisions and side effects."""
