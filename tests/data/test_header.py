import pytest

from vicinal.data._header import header_of


@pytest.mark.parametrize(
    ("text", "header", "sure"),
    [
        ("5.1 Iris-setosa|4.9 Iris-setosa|4.7 Iris-setosa", False, True),
        ("M 0.455 15|M 0.35 7|F 0.53 9", False, True),
        ("id name 2019|1 a 3|2 b 4", True, False),
        ("id name age|1 a 3|2 b 4", True, True),
        ("x y|? 1|2 ?", True, True),
        ("? 1|2 3|4 5", False, True),
        ("2,5 1.000,5|1,5 2,5|3,5 4,5", False, True),
        ("day what|2020-01-01 a|2020-02-01 b", True, True),
        ("01.02.2020 a|01.03.2020 b", False, True),
        ("p x s|e x s|p b y|e x y", False, True),
        ("class shape colour|e x s|p b y|e x y|p b s", True, True),
        ("one two|three four|five six", True, False),
        ("one one|three four|five six", False, False),
        ("a b c", True, False),
        ("1 b c", False, False),
        ("only|1|2", True, True),
        ("3|1|2", False, True),
    ],
)
def test_a_header_is_told_from_a_row(text, header, sure):
    assert header_of([line.split(" ") for line in text.split("|")]) == (header, sure)
