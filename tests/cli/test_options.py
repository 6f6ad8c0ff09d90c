"""Options of one experiment alone, and what stands in for data that are not here."""

from pathlib import Path

import pytest

from vicinal.data import SETS

STAND_IN = (
    f"speech: not here: {SETS['speech-commands-10'].title}. As with --synthetic: "
    "synthetic words instead of recorded ones."
)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["reproduce", "--mix", "waveform"], "--mix is an option of speech alone: name that experiment and no other."),
        (
            ["reproduce", "tabular", "--synthetic"],
            "--synthetic is an option of speech alone: name that experiment and no other.",
        ),
        (["reproduce", "speech", "--raw"], "--raw is an option of tabular alone: name that experiment and no other."),
        (
            ["reproduce", "speech", "--mix", "waveforms"],
            'no mix is called "waveforms"; did you mean "waveform"? (there are spectrogram, waveform)',
        ),
    ],
)
def test_an_option_where_it_does_not_belong_is_told_in_one_sentence(called, arguments, sentence):
    assert called(*arguments) == (2, "", f"vicinal: {sentence}\n")


def test_the_papers_place_of_mixing_is_what_is_done_without_asking(called):
    asked, unasked, other = (
        called("reproduce", "speech", "--dry-run", *words)
        for words in (["--mix", "spectrogram"], [], ["--mix", "waveform"])
    )
    assert asked == unasked
    assert asked[0] == other[0] == 0
    assert asked[1] != other[1]


def test_without_the_recordings_the_laptop_scale_says_what_stands_in(called):
    status, out, told = called("reproduce", "speech", "cifar", "--scale", "laptop", "--dry-run")
    assert (status, told) == (0, "")
    assert out.count(STAND_IN) == 1
    assert "synthetic-words · lenet-half" in out
    assert "speech-commands" not in out
    assert "cifar100 · small" in out


@pytest.mark.parametrize("words", [["--scale", "smoke"], ["--scale", "paper"], ["--scale", "laptop", "--synthetic"]])
def test_nothing_is_said_where_nothing_stands_in(called, words):
    status, out, told = called("reproduce", "speech", *words, "--dry-run")
    assert (status, told) == (0, "")
    assert "not here" not in out


def test_recordings_that_are_here_are_taken(called, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(type(SETS["speech-commands-10"]), "here", lambda self, data_dir: data_dir == tmp_path)
    status, out, told = called("reproduce", "speech", "--scale", "laptop", "--dry-run", "--data-dir", tmp_path)
    assert (status, told) == (0, "")
    assert "not here" not in out
    assert "speech-commands-10 · lenet-half" in out


def test_every_option_of_an_experiment_is_a_flag(called):
    from vicinal.experiments import EXPERIMENTS

    _, out, _ = called("reproduce", "--help")
    for experiment in EXPERIMENTS.values():
        assert all(f"--{option}" in out for option in experiment.options)
