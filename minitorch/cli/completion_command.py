"""`minitorch completion`: what has a shell complete subcommands, options, targets and names of arguments.

eval "$(minitorch completion bash)"      in ~/.bashrc; zsh likewise in ~/.zshrc
minitorch completion fish | source       in ~/.config/fish/config.fish
"""

from __future__ import annotations

import os
import re
from typing import Any, Final

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

from minitorch.cli import candidates

__all__ = ["complete_module", "complete_target", "complete_words", "completion"]

BASH: Final = r"""%(complete_func)s() {
    local IFS=$'\n' type value
    while IFS=, read -r type value; do
        case $type in
            dir) COMPREPLY=(); compopt -o dirnames ;;
            file) COMPREPLY=(); compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(%(complete_var)s=bash_complete MINITORCH_LINE="${COMP_LINE:0:COMP_POINT}" \
        MINITORCH_BREAKS="$COMP_WORDBREAKS" "$1" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:=/] ]]; then compopt -o nospace; fi
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

ZSH: Final = r"""#compdef %(prog_name)s
%(complete_func)s() {
    local -a begun ended
    local type value
    while IFS=, read -r type value; do
        case $type in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            plain) if [[ $value == *[:=/] ]]; then begun+=("$value"); else ended+=("$value"); fi ;;
        esac
    done < <(%(complete_var)s=zsh_complete MINITORCH_LINE="${(j: :)words[1,CURRENT]}" %(prog_name)s 2>/dev/null)
    (( $#begun )) && compadd -S '' -- $begun
    (( $#ended )) && compadd -- $ended
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

FISH: Final = r"""function %(complete_func)s
    set -lx %(complete_var)s fish_complete
    set -lx MINITORCH_LINE (commandline -cp)
    for line in (%(prog_name)s 2>/dev/null)
        set -l parts (string split -m 1 , -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories (commandline -ct)
            case file
                __fish_complete_path (commandline -ct)
            case plain
                echo $parts[2]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class Line(ShellComplete):
    """Takes the line from the shell as it was typed: words of shells end at colons, ours do not."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words behind the name of the command, and the one that is begun."""
        line = os.environ.get("MINITORCH_LINE", "")
        words = split_arg_string(line)
        begun = "" if not words or line[-1:].isspace() else words.pop()
        return words[1:], begun


class Bash(Line, BashComplete):
    """For bash, which puts what is answered behind the last colon or equals sign."""

    source_template = BASH

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return what may follow, without what bash leaves standing."""
        breaks = "".join(set(os.environ.get("MINITORCH_BREAKS", "")) & set(":="))
        kept = max((incomplete.rfind(mark) + 1 for mark in breaks), default=0)
        items = super().get_completions(args, incomplete)
        for item in items:
            item.value = re.sub(r"([^\w@%+=:,./~-])", r"\\\1", str(item.value)[kept:])
        return items

    def format_completion(self, item: CompletionItem) -> str:
        """Return the line that says it."""
        return f"{item.type},{item.value}"


class Zsh(Line, ZshComplete):
    """For zsh, which quotes what is answered."""

    source_template = ZSH

    def format_completion(self, item: CompletionItem) -> str:
        """Return the line that says it."""
        return f"{item.type},{item.value}"


class Fish(Line, FishComplete):
    """For fish, likewise."""

    source_template = FISH

    def format_completion(self, item: CompletionItem) -> str:
        """Return the line that says it."""
        return f"{item.type},{item.value}"


SHELLS: Final[dict[str, type[ShellComplete]]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}

for _name, _shell in SHELLS.items():
    add_completion_class(_shell, _name)


def complete_target(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the targets that begin so."""
    return candidates.targets(begun)


def complete_module(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the modules and files that begin so."""
    return [name for name in candidates.modules_and_files(begun) if name.startswith(begun)]


def complete_words(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the target, or the names of arguments, that begin so."""
    words: tuple[str, ...] = context.params.get("words") or ()
    expression: Any = context.params.get("expression")
    given = [word.partition("=")[0] for word in (words if expression else words[1:])]
    given += [word.partition("=")[0] for word in context.params.get("fixed") or ()]
    if expression:
        names = candidates.expression_names(expression, context.params.get("modules") or (), given)
    elif not words:
        return candidates.targets(begun)
    else:
        names = candidates.argument_names(words[0], given)
    return [f"{name}=" for name in names if name.startswith(begun)]


@click.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion(shell: str) -> None:
    """Print what has a shell complete commands, functions and arguments.

    \b
    eval "$(minitorch completion bash)"    in ~/.bashrc; zsh in ~/.zshrc
    minitorch completion fish | source     in ~/.config/fish/config.fish
    """
    root = click.get_current_context().find_root()
    made = SHELLS[shell](root.command, {}, "minitorch", "_MINITORCH_COMPLETE")
    click.echo(made.source_template % made.source_vars(), nl=False)
