"""Scripts of shells that complete the commands, made from the functions that the commands are."""

import inspect
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vicinal.cli._argument import Argument
from vicinal.cli._helped import docstring

Commands = Mapping[str, Callable[..., Any]]

_BASH = """\
# Completion of vicinal: source this file, or let bash-completion find it.
_vicinal() {
    local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words="" paths="" line
    if [[ $before == "=" ]]; then before="${COMP_WORDS[COMP_CWORD-2]}"; fi  # bash splits --flag=value
    if [[ $current == "=" ]]; then current=""; fi
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 ]]; then
        words="COMMANDS --help --version"
    else
        case "${COMP_WORDS[1]} $before" in
CASES
        *)
            case "${COMP_WORDS[1]} $current" in
PLACES
            esac
        esac
    fi
    while IFS= read -r line; do
        if [[ -n $line ]]; then COMPREPLY+=("$line"); fi
    done <<< "$(compgen -W "$words" -- "$current"; if [[ -n $paths ]]; then compgen -f -- "$current"; fi)"
    if [[ -n $paths ]]; then compopt -o filenames 2> /dev/null; fi  # zsh, and bash before 4, have none
}
complete -F _vicinal vicinal
"""


def bash(commands: Commands) -> str:
    """Return a script for bash."""
    cases, places = list[str](), list[str]()
    for name, arguments in _arguments(commands):
        options = [each for each in arguments if not each.positional]
        for each in options:
            if each.takes_value:
                cases.append(f'        "{name} --{each.name}") {_assigned(each.offers.words, each.offers.paths)} ;;')
        flags = [*(f"--{each.name}" for each in options), "--help"]
        places.append(f'            "{name} -"*) {_assigned(flags, False)} ;;')
        by_place = [each for each in arguments if each.positional]
        words = [word for each in by_place for word in each.offers.words]
        places.append(
            f'            "{name} "*) {_assigned(words or flags, any(each.offers.paths for each in by_place))} ;;'
        )
    script = _BASH.replace("CASES", "\n".join(cases)).replace("PLACES", "\n".join(places))
    return script.replace("COMMANDS", " ".join(commands))


def zsh(commands: Commands) -> str:
    """Return a script for zsh, which can read that of bash."""
    return "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n" + bash(commands)


def fish(commands: Commands) -> str:
    """Return a script for fish, which shows what each word is for."""
    lines = ["# Completion of vicinal: put this file into ~/.config/fish/completions.", "complete -c vicinal -f"]
    for name, command in commands.items():
        line = f"complete -c vicinal -n __fish_use_subcommand -a {name} -d {_quoted(docstring(command))}"
        lines.append(line)
    for name, arguments in _arguments(commands):
        seen = f"complete -c vicinal -n '__fish_seen_subcommand_from {name}'"
        told = _told(docstring(commands[name]))
        for each in arguments:
            files = " -F" if each.offers.paths else ""
            words = f" -a {shlex.quote(' '.join(each.offers.words))}" if each.offers.words else ""
            if each.positional:
                lines += [f"{seen}{files}{words}"] if files or words else []
            else:
                takes = (" -r" if files else " -x") if each.takes_value else ""
                lines.append(f"{seen} -l {each.name}{takes}{files}{words} -d {_quoted(told[each.name])}")
    return "\n".join(lines) + "\n"


SCRIPTS: dict[str, Callable[[Commands], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
"""What makes the script, by the shell's name."""


def _arguments(commands: Commands) -> Iterator[tuple[str, list[Argument]]]:
    """Yield every command's name with its arguments."""
    for name, command in commands.items():
        yield name, [Argument(parameter) for parameter in inspect.signature(command).parameters.values()]


def _assigned(words: "list[str] | tuple[str, ...]", paths: bool) -> str:
    """Return what sets the variables of bash for these words, and for files."""
    told = f'words="{" ".join(words)}"' if words else ""
    return "; ".join(filter(None, [told, "paths=yes" if paths else ""])) or ":"


def _told(documentation: str) -> dict[str, str]:
    """Return what is said of each argument, by its name as a flag."""
    found = re.findall(r"^ {4}(\w+): (.+)$", documentation, flags=re.MULTILINE)
    return {name.replace("_", "-"): text for name, text in found}


def _quoted(text: str) -> str:
    """Return the beginning of a text in quotes, as fish reads them: its first line, up to the first full stop."""
    first = re.split(r"[.;](?:\s|$)", text.splitlines()[0])[0]
    return "'" + first.replace("\\", "\\\\").replace("'", "\\'") + "'"
