"""The transformer by itself, with a table that only writes down what is called."""
