"""What a reader sees: terminal, page, JSON, tables and figures. No figure is computed here."""

from vicinal._numbers import count, duration
from vicinal.report._bar import bar
from vicinal.report._batch import batch
from vicinal.report._compared import comparison_page, comparison_schema, show_comparison, write_comparison
from vicinal.report._csv import write_csv
from vicinal.report._figure import draw, save, write_figures
from vicinal.report._headline import headline
from vicinal.report._json import document, schema, write_json
from vicinal.report._latex import latex, write_latex
from vicinal.report._page import page, write_page
from vicinal.report._runs import runs_schema, show_runs
from vicinal.report._sheet import sheet_page, show_sheet, write_sheet
from vicinal.report._terminal import show

__all__ = [
    "bar",
    "batch",
    "comparison_page",
    "comparison_schema",
    "count",
    "document",
    "draw",
    "duration",
    "headline",
    "latex",
    "page",
    "runs_schema",
    "save",
    "schema",
    "sheet_page",
    "show",
    "show_comparison",
    "show_runs",
    "show_sheet",
    "write_comparison",
    "write_csv",
    "write_figures",
    "write_json",
    "write_latex",
    "write_page",
    "write_sheet",
]
