"""The table: one row per primitive, with its plain function and its partial derivatives; knows no Variables."""
