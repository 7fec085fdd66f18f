"""What the text is called that a person knows code by: `In[4]` for a cell of a notebook, else the name of its file.

    /tmp/ipykernel_812/3104.py    ->    In[4]      in Jupyter, VS Code and whatever else runs IPython's kernel
    <ipython-input-4-1f0c>        ->    In[4]      in IPython's terminal

IPython knows the numbers of its cells. Where it does not run, as in a process that got a cell's function from one, the
name tells the number, if it has it.
"""

from __future__ import annotations

import re
import sys
from typing import Any, Final

__all__ = ["file_name"]

CELL: Final = re.compile(
    r"<ipython-input-(\d+)-\w+>"
    r"|.*[/\\]ipython-input-(\d+)-\w+\.py"
    r"|.*[/\\]ipython-input-\w+\.py"
    r"|.*[/\\]ipykernel_\d+[/\\]\w+\.py"
)
"""Names under which IPython's shells and kernels compile cells; some tell the number."""


def file_name(file: str) -> str:
    """Return what to call a file of code in a text.

    Args:
        file: the name that its code objects have.

    >>> file_name("pump.py"), file_name("<ipython-input-4-1f0c>"), file_name("/tmp/ipykernel_812/3104.py")
    ('pump.py', 'In[4]', 'In[?]')
    """
    known = name_given_by_shell(file)
    if known is not None:
        return known
    cell = CELL.fullmatch(file)
    return file if cell is None else f"In[{cell[1] or cell[2] or '?'}]"


def name_given_by_shell(file: str) -> str | None:
    """Return what IPython calls a cell that it has run in this process; `None` for other files, or where it is not."""
    ipython: Any = sys.modules.get("IPython.core.getipython")
    shell = None if ipython is None else ipython.get_ipython()
    name_of = getattr(getattr(shell, "compile", None), "format_code_name", None)
    named = None if name_of is None else name_of(file)
    return None if named is None else str(named[1])
