"""The version of minitorch: the only place where it is written; `pip install` reads it here, too."""

__all__ = ["__version__"]

__version__ = "0.1.0"
