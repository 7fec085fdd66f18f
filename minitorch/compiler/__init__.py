"""`minitorch.compile`: recorded calls as machine code, and what guards them."""
