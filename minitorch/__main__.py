"""`python -m minitorch` is the `minitorch` command."""

from minitorch.cli import main

if __name__ == "__main__":
    main()
