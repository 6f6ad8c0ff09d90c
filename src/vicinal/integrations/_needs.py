"""The one sentence in which an adapter says what it cannot do without."""

from importlib import util


def needed(adapter: str, library: str, *modules: str, install: str) -> None:
    """See that a library is installed, before the files that import it are.

    Args:
        adapter: the full name of the adapter's folder, its ``__name__``.
        library: what is needed, as it is called.
        modules: the names under which it can be imported; one of them is enough.
        install: what pip is to be given.

    Raises:
        ImportError: there is none of the modules.

    Example:
        >>> needed("vicinal.integrations.collate", "torch", "torch", install="torch")
    """
    if not any(util.find_spec(module) for module in modules):
        raise ImportError(f'{adapter} needs {library}, which is not installed: pip install "{install}".')
