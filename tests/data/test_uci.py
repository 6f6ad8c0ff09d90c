import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vicinal._errors import InputError
from vicinal.data import SETS, Table
from vicinal.data._official import OfficialTable, shape
from vicinal.data._origin import Files
from vicinal.data._uci import read_abalone, read_arcene, read_arrhythmia, read_htru2, read_iris, read_phishing

UCI = ("abalone", "arcene", "arrhythmia", "htru2", "iris", "phishing")
ONE_FILE = {"abalone": read_abalone, "arrhythmia": read_arrhythmia, "htru2": read_htru2, "iris": read_iris}
SIGNS = "@relation phishing\n" + "".join(f"@attribute sign_{i} {{-1,0,1}}\n" for i in range(30))


def real(name: str):
    """Name a data set in a test that needs its real files."""
    return pytest.param(name, marks=pytest.mark.real_data(name))


def tables(name: str) -> tuple[OfficialTable, ...]:
    origin = SETS[name].origin
    assert isinstance(origin, Files)
    return origin.files


@pytest.fixture
def written(tmp_path):
    def write(name: str, content: str):
        path = tmp_path / name
        path.write_text(content)
        return path

    return write


def test_abalone_has_a_category_and_its_rings_are_classes(written):
    table = read_abalone(
        written(
            "abalone.data",
            "M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15,15\n"
            "I,0.33,0.255,0.08,0.205,0.0895,0.0395,0.055,7\n"
            "F,0.53,0.42,0.135,0.677,0.2565,0.1415,0.21,9\n",
        )
    )
    assert table.categorical.tolist() == [["M"], ["I"], ["F"]]
    assert table.numeric[1].tolist() == [0.33, 0.255, 0.08, 0.205, 0.0895, 0.0395, 0.055]
    assert (table.classes, table.target.tolist()) == (("7", "9", "15"), [2, 0, 1])


def test_arcene_is_both_labelled_parts_one_after_the_other(written):
    def row(value: int) -> str:
        return f"{value} " * 10_000 + "\n"

    paths = (
        written("arcene_train.data", row(1) + row(2)),
        written("arcene_train.labels", "1\n-1\n"),
        written("arcene_valid.data", row(3)),
    )
    table = read_arcene(*paths, written("arcene_valid.labels", "1\n"))
    assert table.numeric.shape == (3, 10_000)
    assert table.numeric[:, -1].tolist() == [1, 2, 3]
    assert [table.classes[k] for k in table.target] == ["1", "-1", "1"]
    with pytest.raises(
        InputError, match=r"^arcene_valid\.labels: expected 1 rows, as in arcene_valid\.data, found 2\."
    ):
        read_arcene(*paths, written("arcene_valid.labels", "1\n1\n"))


def test_arrhythmia_has_missing_values(written):
    cells = ["1"] * 279
    table = read_arrhythmia(written("arrhythmia.data", ",".join(["75", "?", *cells[2:], "16"]) + "\n"))
    assert np.isnan(table.numeric[0]).tolist() == [False, True, *[False] * 277]
    assert table.classes == ("16",)


def test_htru2_and_iris_end_with_their_class(written):
    pulsars = read_htru2(written("HTRU_2.csv", "1,2,3,4,5,6,7,8.5,1\r1,2,3,4,5,6,7,8,0\r"))
    assert (pulsars.numeric[0, -1], pulsars.target.tolist()) == (8.5, [1, 0])
    flowers = read_iris(written("iris.data", "5.1,3.5,1.4,0.2,Iris-setosa\n6,3,4,1,Iris-virginica\n\n"))
    assert flowers.classes == ("Iris-setosa", "Iris-virginica")


def test_phishing_takes_its_names_from_the_header_and_its_signs_as_numbers(written):
    rows = ",".join(["-1", "0", "1"] * 10 + ["-1"]) + "\n" + ",".join(["1"] * 31) + "\n"
    table = read_phishing(written("p.arff", SIGNS + "@attribute Result {-1,1}\n@data\n" + rows))
    assert table.numeric_names == tuple(f"sign_{i}" for i in range(30))
    assert table.numeric[0, :3].tolist() == [-1, 0, 1]
    assert (table.classes, table.target.tolist()) == (("-1", "1"), [0, 1])


@pytest.mark.parametrize("name", sorted(ONE_FILE))
@settings(max_examples=25)
@given(text=st.text(alphabet="0123456789.,?-eFMI\n", max_size=120), rows=st.integers(0, 3))
def test_any_text_is_read_or_refused_in_a_sentence(tmp_path_factory, name, text, rows):
    columns = tables(name)[0].columns
    path = tmp_path_factory.getbasetemp() / f"{name}.data"
    path.write_text((",".join(["1"] * columns) + "\n") * rows + text)
    try:
        assert len(ONE_FILE[name](path)) >= 1
    except InputError as refusal:
        assert str(refusal).startswith(f"{name}.data")  # noqa: PT017 - to be read is right too


def load(name: str) -> Table:
    table = SETS[name].load()
    assert isinstance(table, Table)
    return table


@pytest.mark.parametrize("name", [real(name) for name in UCI])
def test_the_real_files_are_the_official_ones(name):
    """An OtherContent warning would be an error."""
    table = load(name)
    assert len(table) == sum(file.rows for file in tables(name) if not file.name.endswith(".labels"))


@pytest.mark.parametrize("name", [real(name) for name in UCI])
def test_rows_and_columns_of_the_real_files_are_as_described(name):
    from vicinal.data._find import find, searched

    paths = find([file.name for file in tables(name)], searched(None))
    for file in tables(name):
        assert shape(paths[file.name].read_bytes()) == (file.rows, file.columns)


@pytest.mark.parametrize("name", [real("abalone")])
def test_real_abalone_has_the_counts_of_its_authors(name):
    table = load(name)
    sexes, counts = np.unique(table.categorical.astype(str), return_counts=True)
    assert dict(zip(sexes.tolist(), counts.tolist(), strict=True)) == {"F": 1307, "I": 1342, "M": 1528}
    assert table.classes == tuple(str(rings) for rings in (*range(1, 28), 29))
    assert table.numeric.shape == (4177, 7)
    assert not np.isnan(table.numeric).any()


@pytest.mark.parametrize("name", [real("arcene")])
def test_real_arcene_has_the_official_check_sums(name):
    table = load(name)
    assert table.numeric[:100].sum() == 70_726_744
    assert table.numeric[100:].sum() == 71_410_108
    assert np.bincount(table.target[:100]).tolist() == np.bincount(table.target[100:]).tolist() == [56, 44]


@pytest.mark.parametrize("name", [real("arrhythmia")])
def test_real_arrhythmia_has_the_counts_of_its_authors(name):
    table = load(name)
    counts = dict(zip(table.classes, np.bincount(table.target).tolist(), strict=True))
    assert counts == {
        "1": 245, "2": 44, "3": 15, "4": 15, "5": 13, "6": 25, "7": 3, "8": 2, "9": 9, "10": 50, "14": 4, "15": 5,
        "16": 22,
    }  # fmt: skip
    missing = np.isnan(table.numeric).sum(axis=0)
    assert {int(column) + 1: int(missing[column]) for column in np.flatnonzero(missing)} == {
        11: 8, 12: 22, 13: 1, 14: 376, 15: 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        pytest.param("htru2", [16_259, 1_639], marks=real("htru2").marks),
        pytest.param("iris", [50, 50, 50], marks=real("iris").marks),
        pytest.param("phishing", [4_898, 6_157], marks=real("phishing").marks),
    ],
)
def test_real_classes_have_the_counts_of_their_authors(name, counts):
    assert np.bincount(load(name).target).tolist() == counts


@pytest.mark.parametrize("name", [real("iris")])
def test_real_iris_differs_from_scikit_learns_in_two_flowers(name):
    embedded = SETS["sklearn-iris"].load()
    assert isinstance(embedded, Table)
    table = load(name)
    different = np.flatnonzero((table.numeric != embedded.numeric).any(axis=1)) + 1
    assert different.tolist() == [35, 38]
    np.testing.assert_array_equal(table.target, embedded.target)


@pytest.mark.parametrize("name", [real("phishing")])
def test_real_phishing_has_signs_of_minus_one_zero_and_one(name):
    table = load(name)
    assert np.unique(table.numeric).tolist() == [-1, 0, 1]
    assert table.numeric_names[0] == "having_IP_Address"
