"""Where the checkout lies whose tests these are."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ROOT"]

ROOT = Path(__file__).parents[2]
"""The top of the checkout."""
