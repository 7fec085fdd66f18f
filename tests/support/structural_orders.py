"""Orders in a text, for functions that parse it."""

from __future__ import annotations

from typing import Final

__all__ = ["ITEMS", "NAMES", "PRICES", "REGIONS", "TEXT"]

REGIONS: Final = ["north", "south", "east", "west", "centre"]
ITEMS: Final = ["bolt", "nut", "gear", "axle", "wheel"]
TEXT: Final = "\n".join(
    f"2024-{1 + i % 12:02d};{REGIONS[i * 7 % 5]};{ITEMS[i * 11 % 5]};{1 + i * 13 % 40}" for i in range(150)
)
PRICES: Final = {"bolt": 0.1, "nut": 0.05, "gear": 3.2, "axle": 11.0, "wheel": 24.0}
NAMES: Final = [f"name {i}" for i in range(100)]
