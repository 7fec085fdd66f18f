"""The most flips of pancakes that a permutation needs: small integers and lists."""

from __future__ import annotations

SIZE = 8


def run() -> tuple[int, int]:
    """The checksum and the largest number of flips."""
    count = list(range(1, SIZE + 1))
    most_flips = checksum = turns = 0
    last = SIZE - 1
    r = SIZE
    first = list(range(SIZE))
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        if first[0] != 0 and first[last] != last:
            flips = 0
            order = first[:]
            top = order[0]
            while top:
                order[: top + 1] = reversed(order[: top + 1])
                flips += 1
                top = order[0]
            most_flips = max(most_flips, flips)
            checksum += -flips if turns % 2 else flips
        while r != SIZE:
            first.insert(r, first.pop(0))
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1
        else:
            return checksum, most_flips
        turns += 1
