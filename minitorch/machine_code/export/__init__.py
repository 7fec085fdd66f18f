"""Programs as source that people can read: Python and C."""

from minitorch.machine_code.export.c import c_source
from minitorch.machine_code.export.python import Structure, python_source

__all__ = ["Structure", "c_source", "python_source"]
