"""Checkpoints in place of trained nets: who is who, and figures looked up as if the nets had been trained."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from vicinal._errors import InputError
from vicinal.evidence import Effect
from vicinal.experiments import EXPERIMENTS, Curves, Figures, Measured, Setup
from vicinal.training import Measurement, Trial

ADVERSARIAL = EXPERIMENTS["adversarial"]
GIVEN = "erm=a.pth,mixup=b.pth,source=c.pth"
SETUP = Setup("paper", options={"weights": GIVEN})


def test_the_nets_are_what_the_files_hold_and_the_third_attacks_the_other_two():
    erm, mixup, source = trials = ADVERSARIAL.trials(SETUP)
    assert [(trial.task.start, trial.task.epochs, trial.vicinity) for trial in trials] == [
        ("a.pth", 0, "Dirac()"), ("b.pth", 0, "Mixup(alpha=0.2)"), ("c.pth", 0, "Dirac()"),
    ]  # fmt: skip
    (task,) = {trial.task for trial in ADVERSARIAL.trials(Setup("paper"))}
    assert {(trial.task.data, trial.task.net, trial.task.size) for trial in trials} == {
        (task.data, task.net, task.size)
    }
    assert ADVERSARIAL.measurements(SETUP) == [Measurement("attack", each, source) for each in (erm, mixup)]


@pytest.mark.parametrize("role", ["erm", "mixup"])
@pytest.mark.parametrize("source", ["one.pth", "copy.pth", "pretrained", "gone.pth"])
def test_what_attacks_a_net_from_outside_is_another_one(tmp_path: Path, monkeypatch, role, source):
    """A file is another one by what it holds, whatever it is called."""
    monkeypatch.chdir(tmp_path)
    for name, content in {"one.pth": b"one", "copy.pth": b"one", "other.pth": b"other"}.items():
        (tmp_path / name).write_bytes(content)
    same = "one.pth" if source == "copy.pth" else source
    files = {"erm": "other.pth", "mixup": "other.pth", role: same}
    given = ", ".join(f"{each}={file}" for each, file in files.items())
    sentence = f'the source of --weights must be another net than {role}\'s, got "{source}" for both.'
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        ADVERSARIAL.trials(Setup("paper", options={"weights": f"source={source}, {given}"}))
    other = Setup("paper", options={"weights": f"source={source}, erm=other.pth, mixup=other.pth"})
    assert len(set(ADVERSARIAL.trials(other))) == 3


def errors(trial: Trial) -> dict[str, float]:
    value = 40.0 if trial.vicinity == "Dirac()" else 30.0
    kinds = [f"{attack}_{box}" for attack in ("fgsm", "ifgsm") for box in ("white", "black")]
    sizes = [f"{kind}_{eps}" for kind in kinds for eps in (4, 8, 16)]
    figures = {f"{name}_{of}": value for name in ("attack_clean", *sizes) for of in ("error", "top5_error")}
    return {**figures, "attack_images": 2000}


def test_figures_are_told_as_if_the_nets_had_been_trained(made):
    trials = ADVERSARIAL.trials(SETUP)
    kinds = [f"{attack}_{box}_error" for attack in ("fgsm", "ifgsm") for box in ("white", "black")]
    rows = [{"eps": eps, **dict.fromkeys(kinds, 30.0)} for eps in (0.0, 4.0, 8.0, 16.0)]
    source = trials[2]
    outcomes = made(
        {trial: errors(trial) for trial in trials[:2]} | {source: {"test_error": 20.0}},  # it is not measured itself
        series={trial: {"attack": rows} for trial in trials[:2]},
    )
    figures = Figures(outcomes)
    erm, mixup = ADVERSARIAL.table(SETUP, figures).rows[:2]
    assert (erm["error_4"], mixup["error_4"]) == (Measured(40.0, 0.0, 1), Measured(30.0, 0.0, 1))
    assert isinstance(mixup["gain"], Effect)
    assert mixup["gain"].mean == 10
    assert mixup["ratio"] == pytest.approx(70 / 60)
    assert (erm["published"], mixup["published"]) == (90.7, 75.2)
    assert [claim.judged(SETUP, figures).verdict.word for claim in ADVERSARIAL.claims] == ["undecided"] * 2
    assert [row["method"] for row in ADVERSARIAL.table(SETUP, figures).rows[:2]] == ["ERM", "mixup"]
    parts = [each.part.name for each in ADVERSARIAL.claims[0].judged(SETUP, figures).verdict.parts]
    assert [name.rpartition(", ")[2] for name in parts[1:]] == ["ERM", "mixup"]
    pictures = ADVERSARIAL.pictures(SETUP, figures)
    assert len(pictures) == 2
    for picture in pictures:
        assert isinstance(picture, Curves)
        assert [[curve.label for curve in panel.curves] for panel in picture.panels] == [["ERM", "mixup"]] * 2
    assert ADVERSARIAL.warnings(SETUP, figures) == (
        "The nets are those of a.pth (erm), b.pth (mixup), c.pth (source), one each; nothing was trained, and α is not "
        "known.",
    )


@pytest.mark.parametrize("scale", ["smoke", "paper"])
def test_nothing_is_said_of_training_nor_of_seeds(scale):
    setup = Setup(scale, options={"weights": GIVEN})
    assert ADVERSARIAL.number(setup) == 1
    assert ADVERSARIAL.number(Setup(scale)) == 3
    assert ADVERSARIAL.differing(Setup(scale)) == ADVERSARIAL.differs[scale]
    said = ADVERSARIAL.differing(setup)
    assert said.startswith("Nothing was trained: one net of each kind")
    assert "epochs" not in said
    assert "seeds" not in said


@pytest.mark.parametrize(
    ("changed", "start"),
    [
        ({"seeds": 3}, "--seeds must be left out with --weights, which gives one net of each kind, got 3."),
        (
            {"also": ("CutMix(alpha=1.0)", "Mixup(alpha=0.3)")},
            "--also must be left out with --weights, which gives one net of each kind, "
            "got CutMix(alpha=1.0), Mixup(alpha=0.3).",
        ),
    ],
)
def test_seeds_and_further_vicinities_are_none_of_nets_that_are_there(changed, start):
    with pytest.raises(InputError, match=f"^{re.escape(start)}$"):
        ADVERSARIAL.trials(replace(SETUP, **changed))


def test_without_outcomes_nothing_is_told():
    assert [claim.judged(SETUP, Figures({})).verdict.word for claim in ADVERSARIAL.claims] == ["not run"] * 2
    assert ADVERSARIAL.pictures(SETUP, Figures({})) == ()
    assert ADVERSARIAL.warnings(SETUP, Figures({})) == ()


@pytest.mark.parametrize(
    "text", ["a.pth", "erm=a.pth", "erm=a,mixup=b,source=", "erm=a,mixup=b,other=c", "erm=a,erm=d,mixup=b,source=c"]
)
def test_a_file_that_is_missing_or_too_many_is_told(text):
    sentence = f'--weights must be erm=FILE,mixup=FILE,source=FILE, got "{text}".'
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        ADVERSARIAL.trials(Setup("paper", options={"weights": text}))


def test_three_files_are_not_for_three_data_sets():
    with pytest.raises(InputError, match="--weights must be given with --scale paper, got --scale laptop"):
        ADVERSARIAL.trials(Setup("laptop", options={"weights": GIVEN}))
