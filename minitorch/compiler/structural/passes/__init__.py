"""The tape, the passes over it, and the memory of a call."""
