"""The tables for a thesis, in LaTeX with the package booktabs."""

from pathlib import Path
from typing import Final

from vicinal._files import write
from vicinal._numbers import count
from vicinal.experiments import ExperimentResult, Results
from vicinal.report._layout import FIGURE_SPACE, lay

_WORDS: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "[": "{[}", "]": "{]}",  # after the end of a row a bracket would be its argument
    "–": "--", "’": "'", "“": "``", "”": "''", "…": r"\ldots{}", "½": r"$\frac12$",
    "−": "$-$", "±": r"$\pm$", "×": r"$\times$", "→": r"$\to$", "≤": r"$\le$", "≥": r"$\ge$", "≈": r"$\approx$",
    "∞": r"$\infty$", "∇": r"$\nabla$", "‖": r"$\|$", "Δ": r"$\Delta$",
    "α": r"$\alpha$", "β": r"$\beta$", "γ": r"$\gamma$", "δ": r"$\delta$", "ε": r"$\varepsilon$",
    "λ": r"$\lambda$", "μ": r"$\mu$", "ν": r"$\nu$", "σ": r"$\sigma$", "₁": "$_1$", "₂": "$_2$",
    FIGURE_SPACE: r"\phantom{0}",
}  # fmt: skip


def write_latex(results: Results, folder: Path) -> list[Path]:
    """Write a file with a table for each experiment, under its name, and return the files."""
    return [write(folder / f"{result.name}.tex", latex(result)) for result in results.experiments]


def latex(result: ExperimentResult) -> str:
    """Return an experiment's table as a LaTeX float whose caption says what was measured and how."""
    layout = lay(result.table)
    lines = [" & ".join(escaped(laid.column.title) for laid in layout.columns) + r" \\"]
    for name, rows in layout.groups:
        lines.append(r"\midrule")
        if name:
            lines.append(rf"\multicolumn{{{len(layout.columns)}}}{{l}}{{\emph{{{escaped(name)}}}}} \\")
        lines += [
            " & ".join(escaped("".join(laid.cells[row]).rstrip(FIGURE_SPACE)) for laid in layout.columns) + r" \\"
            for row in rows
        ]
    measured = f"{result.title} ({result.scale} scale, {count(result.seeds, result.repetition)})"
    caption = f"{': '.join(filter(None, (measured, layout.legend)))}. {result.differs}".strip()
    return "\n".join(
        [
            r"% needs \usepackage{booktabs}",
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escaped(caption)}}}",
            rf"\label{{tab:{result.name}}}",
            rf"\begin{{tabular}}{{{''.join('r' if laid.numeric else 'l' for laid in layout.columns)}}}",
            r"\toprule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def escaped(text: str) -> str:
    """Return text that LaTeX prints as it stands."""
    return "".join(_WORDS.get(letter, letter) for letter in text)
