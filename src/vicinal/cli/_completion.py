"""``vicinal completion``: what a shell needs to complete commands, flags and names."""

from typing import Annotated, Literal

import tyro

from vicinal.cli._status import OK

Shell = Annotated[Literal["bash", "zsh", "fish"], tyro.conf.Positional]


def completion(shell: Shell) -> int:
    """Print a script by which a shell completes commands, flags, names of data sets, nets and experiments, and files.

    The script holds every name and calls nothing, so that a press of the tab key takes no time.

    Args:
        shell: which one. In bash and zsh a line of the file that it reads at its start loads the script: source
            <(vicinal completion bash).

    Examples:
        vicinal completion bash > ~/.local/share/bash-completion/completions/vicinal
        vicinal completion zsh > ~/.vicinal-completion && echo 'source ~/.vicinal-completion' >> ~/.zshrc
        vicinal completion fish > ~/.config/fish/completions/vicinal.fish
    """
    from vicinal.cli import COMMANDS
    from vicinal.cli._scripts import SCRIPTS

    print(SCRIPTS[shell](COMMANDS), end="")
    return OK
