"""Tables that LaTeX can set."""

import dataclasses
import re
from pathlib import Path

import pytest

from vicinal.experiments import Column, Results, Table
from vicinal.report import latex, write_latex
from vicinal.report._latex import escaped
from vicinal.report._layout import lay

SPECIAL = r"\ { } $ & # _ % ^ ~ < > | [ ] α"


def test_rows_have_as_many_cells_as_the_head_says(results: Results) -> None:
    for result in results.experiments:
        text = latex(result)
        columns = re.search(r"\\begin\{tabular\}\{([lr]+)\}", text)
        assert columns is not None
        assert len(columns[1]) == len(lay(result.table).columns)
        rows = [line for line in text.splitlines() if line.endswith(r" \\") and r"\multicolumn" not in line]
        assert len(rows) == len(result.table.rows) + 1
        assert all(len(re.findall(r"(?<!\\)&", row)) == len(columns[1]) - 1 for row in rows)


def test_environments_and_braces_are_balanced(results: Results) -> None:
    for result in results.experiments:
        text = latex(result)
        assert re.findall(r"\\begin\{(\w+)\}", text) == re.findall(r"\\end\{(\w+)\}", text)[::-1]
        bare = re.sub(r"\\[{}]", "", text)
        assert bare.count("{") == bare.count("}")
        assert all(rule in text for rule in (r"\toprule", r"\midrule", r"\bottomrule"))


def test_every_special_character_is_escaped() -> None:
    assert escaped(SPECIAL).split(" ") == [
        r"\textbackslash{}", r"\{", r"\}", r"\$", r"\&", r"\#", r"\_", r"\%", r"\textasciicircum{}",
        r"\textasciitilde{}", r"\textless{}", r"\textgreater{}", r"\textbar{}", "{[}", "{]}", r"$\alpha$",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["100% & more", "[2pt] x", r"\input{/etc/passwd}"])
def test_names_of_users_are_no_commands(results: Results, name: str) -> None:
    table = Table((Column("name", name, kind="name"),), ({"name": name},))
    text = latex(dataclasses.replace(results.experiments[0], table=table, title=name))
    assert text.count(escaped(name)) == 3
    assert name not in text


def test_caption_says_what_was_measured(results: Results) -> None:
    caption = next(line for line in latex(results.experiments[0]).splitlines() if r"\caption" in line)
    for said in ("laptop scale, 5 seeds", r"mean $\pm$ standard deviation", "n = 5", "The paper names neither"):
        assert said in caption


def test_caption_tells_splits_from_seeds(results: Results) -> None:
    assert "(laptop scale, 20 splits)" in latex(results.experiments[1])


def test_every_experiment_has_its_file(results: Results, tmp_path: Path) -> None:
    files = write_latex(results, tmp_path)
    assert [path.name for path in files] == [f"{result.name}.tex" for result in results.experiments]
    assert files[0].read_text(encoding="utf-8") == latex(results.experiments[0])
