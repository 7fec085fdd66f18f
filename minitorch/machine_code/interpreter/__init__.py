"""Runs programs that are too long for machine code, in loops of machine code over encoded operations."""
