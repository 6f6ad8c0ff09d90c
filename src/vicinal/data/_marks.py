"""What stands in a table for a value that is missing."""

ALWAYS = ("", "?", "??", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "-nan", "NULL", "null", "Null", "-")
"""Missing in any column. A minus is a sign where a plus is another value of the column."""
AMONG_NUMBERS = (
    "na",
    "Na",
    "none",
    "None",
    "NONE",
    "missing",
    "Missing",
    "--",
    "---",
    ".",
    "..",
    "*",
    "#DIV/0!",
    "#VALUE!",
)
"""Missing where all else in the column is a number; elsewhere they may be words."""
