"""Make every notebook of this folder from its script, executed: ``python docs/notebooks/build.py``.

A script in jupytext's percent format is the source; the notebook of the same name is made from it and never edited.
"""

import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def executed(script: Path) -> nbformat.NotebookNode:
    """Return the notebook of a script with its outputs, run in an empty folder; errors end the command."""
    notebook = jupytext.read(script)
    notebook.metadata.pop("jupytext", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # the same in every making
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, timeout=300, record_timing=False, resources={"metadata": {"path": folder}}, kernel_name="python3"
        )
        client.execute()
    notebook.metadata.pop("language_info", None)  # it holds the version of Python
    for cell in notebook.cells:  # what libraries say of this machine; the tests run the scripts with warnings as errors
        cell.outputs = [each for each in cell.get("outputs", ()) if each.get("name") != "stderr"]
        if cell.cell_type != "code":
            del cell["outputs"]
    return notebook


def main() -> None:
    """Make them all."""
    for script in sorted(HERE.glob("*.py")):
        if script != Path(__file__):
            nbformat.write(executed(script), script.with_suffix(".ipynb"))


if __name__ == "__main__":
    main()
