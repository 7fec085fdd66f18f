"""What every part of a walk needs: kinds of values, frames, ways and joins, the text, and what was read."""
