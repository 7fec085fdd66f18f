"""`python -m minitorch` is the `minitorch` command."""

from __future__ import annotations

import sys

from minitorch.autodiff.packages import require

__all__ = ["main"]


def main() -> None:
    """Run the command, or name in one line the package that it needs and that is not installed."""
    try:
        require("minitorch: the command", "click", "rich")
    except ModuleNotFoundError as error:
        sys.exit(str(error))
    from minitorch.cli import main as run_command

    run_command()


if __name__ == "__main__":
    main()
