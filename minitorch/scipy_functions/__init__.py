"""Functions of scipy's on arrays: its own values, with the histories of formulas. Loaded once scipy is."""
