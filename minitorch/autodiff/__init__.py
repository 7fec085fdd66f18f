"""Variables of any kind, their histories, the Functions that make them, and the reverse pass."""
