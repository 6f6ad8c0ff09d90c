"""The sentences in which mistakes are told, word by word."""

import pickle

import pytest

from vicinal._errors import InputError, must_be, unknown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("alpha", "a number ≥ 0", -0.5), "alpha must be a number ≥ 0, got -0.5."),
        (("n", "an even number ≥ 0", 3), "n must be an even number ≥ 0, got 3."),
        (("num_classes", "given for class indices", None), "num_classes must be given for class indices, got None."),
        (("sizes", "two or more", [5]), "sizes must be two or more, got [5]."),
        (("the first label", "A", b"B"), "the first label must be A, got b'B'."),
        (("a table", "long enough", "2 rows"), "a table must be long enough, got 2 rows."),
        (("it", "an integer ≥ 1", ""), "it must be an integer ≥ 1, got ."),
        (
            ("--data-dir", "a folder", "/x, which is none", "Name the folder with the data"),
            "--data-dir must be a folder, got /x, which is none. Name the folder with the data.",
        ),
    ],
)
def test_a_wrong_value_is_told_as_what_must_be_what_it_is_and_what_to_do(arguments, sentence):
    assert must_be(*arguments) == sentence


WORDS = ("tabular", "decision-boundary", "gan")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("experiment", "tabula", WORDS, "vicinal list"),
            'no experiment is called "tabula"; did you mean "tabular"? (vicinal list shows all)',
        ),
        (
            ("experiment", "TABULAR", WORDS, "vicinal list"),
            'no experiment is called "TABULAR"; did you mean "tabular"? (vicinal list shows all)',
        ),
        (("experiment", "zzz", WORDS, "vicinal list"), 'no experiment is called "zzz" (vicinal list shows all)'),
        (("class", "mymix", ("MyMix",)), 'no class is called "mymix"; did you mean "MyMix"? (there are MyMix)'),
        (("vicinity", "zzz", ("b", "a")), 'no vicinity is called "zzz" (there are a, b)'),
        (
            ("option", "--seed", ("--seeds", "--out")),
            'no option is called "--seed"; did you mean "--seeds"? (there are --out, --seeds)',
        ),
        (("option", "--foo", ("--out", "--csv")), 'no option is called "--foo" (there are --csv, --out)'),
        (("experiment", "", WORDS, "vicinal list"), 'no experiment is called "" (vicinal list shows all)'),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_there_is(arguments, sentence):
    assert unknown(*arguments) == sentence


def test_the_names_may_come_from_anywhere_in_any_order():
    names = {"b": 1, "a": 2}
    assert (
        unknown("x", "zzz", names) == unknown("x", "zzz", iter(["a", "b"])) == 'no x is called "zzz" (there are a, b)'
    )


def test_a_users_mistake_is_a_value_error_that_the_command_line_can_tell_from_others():
    assert issubclass(InputError, ValueError)
    assert str(InputError(must_be("alpha", "a number", "x"))) == "alpha must be a number, got x."


def test_several_mistakes_are_told_a_line_each():
    error = pickle.loads(pickle.dumps(InputError("a\nb must be c.", "d must be e.")))  # as from another process
    assert str(error) == "a\\nb must be c.\nd must be e."


@pytest.mark.parametrize(("found", "told"), [("\x1b[2Jx", "\\x1b[2Jx"), ("a\nb", "a\\nb"), ("é 빨강 −", "é 빨강 −")])
def test_what_a_file_says_of_itself_steers_no_terminal(found, told):
    assert str(InputError(f'no "{found}"')) == f'no "{told}"'
