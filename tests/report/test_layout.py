"""Tables as text: groups, alignment, and what the figures mean."""

from vicinal.evidence import Effect
from vicinal.experiments import Cell, Column, Measured, Results, Table
from vicinal.report._layout import lay, shared_n

NAME, OTHER = Column("name", "name", kind="name"), Column("method", "method", kind="name")
ERROR, GAIN = Column("error", "error, %"), Column("gain", "gain", kind="gain")
PUBLISHED = Column("published", "published", kind="published")


def test_rows_with_one_name_stand_in_one_group() -> None:
    rows: tuple[dict[str, Cell], ...] = tuple({"name": name, "method": str(i)} for i, name in enumerate("aabba"))
    layout = lay(Table((NAME, OTHER), rows))
    assert layout.groups == (("a", range(2)), ("b", range(2, 4)), ("a", range(4, 5)))
    assert [laid.column for laid in layout.columns] == [OTHER]


def test_rows_with_different_names_have_no_groups() -> None:
    layout = lay(Table((NAME, OTHER), tuple({"name": name, "method": "m"} for name in "abc")))
    assert layout.groups == (("", range(3)),)
    assert [laid.column for laid in layout.columns] == [NAME, OTHER]


def test_points_of_a_column_stand_below_each_other(results: Results) -> None:
    for result in results.experiments:
        for laid in lay(result.table).columns:
            ends = {len(spread) + len(figure.rpartition(".")[2]) for figure, spread in laid.cells if "." in figure}
            assert not laid.numeric or len(ends) <= 1, laid.column.title


def test_n_is_said_once_where_it_is_shared_and_with_each_figure_where_it_is_not() -> None:
    def table(n: int) -> Table:
        return Table((NAME, ERROR), ({"name": "a", "error": Measured(1, 0.1, 5)}, {"error": Measured(2, 0.1, n)}))

    assert lay(table(5)).legend.endswith("n = 5")
    assert lay(table(5)).columns[1].cells[0] == ("1.0", " ± 0.1")
    assert lay(table(4)).legend.endswith("n in parentheses")
    assert lay(table(4)).columns[1].cells == (("1.0", " ± 0.1 (5)"), ("2.0", " ± 0.1 (4)"))
    assert shared_n(table(4)) is None


def test_single_seed_shows_no_deviation() -> None:
    layout = lay(Table((NAME, ERROR), ({"name": "a", "error": Measured(1.25, 0.0, 1)},)))
    assert layout.columns[1].cells == (("1.2", ""),)


def test_missing_measurement_is_a_dash_and_what_cannot_be_is_empty() -> None:
    row = {"name": "ERM", "error": None, "gain": None, "published": None}
    cells = {laid.column.key: laid.cells[0] for laid in lay(Table((NAME, ERROR, GAIN), (row,))).columns}
    assert cells == {"name": ("ERM", ""), "error": ("–", ""), "gain": ("", "")}


def test_published_column_without_a_figure_is_left_out() -> None:
    rows = ({"name": "a", "published": None}, {"name": "b", "published": 4.2})
    assert len(lay(Table((NAME, PUBLISHED), rows)).columns) == 2
    assert len(lay(Table((NAME, PUBLISHED), rows[:1])).columns) == 1


def test_legend_names_the_level_of_the_intervals() -> None:
    rows = ({"name": "a", "gain": Effect(1, 0.1, 5, level=0.9)},)
    assert lay(Table((NAME, GAIN), rows)).legend == "90 % interval in brackets, n = 5"
    assert lay(Table((NAME,), rows)).legend == "90 % interval in brackets, n = 5"


def test_table_without_rows_has_its_titles() -> None:
    assert [laid.column for laid in lay(Table((NAME, ERROR), ())).columns] == [NAME, ERROR]
