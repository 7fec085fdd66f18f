"""Derivatives of what an equation defines: roots, minima, integrals, solutions of differential equations."""
