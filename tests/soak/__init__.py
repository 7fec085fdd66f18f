"""A soak: random programs with state, compiled and plain side by side, while all that they read changes.

python -m tests.soak                             ten minutes, in every setting that this machine has
python -m tests.soak --minutes 1                 a short one
python -m tests.soak --seed 17 --setting plain   one round again
"""
