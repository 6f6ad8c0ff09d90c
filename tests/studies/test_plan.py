"""What was asked of a folder is read back as it was meant, or refused in one sentence."""

import json
from pathlib import Path

import pytest

from vicinal._errors import InputError
from vicinal.experiments import EXPERIMENTS, Machine, Setup
from vicinal.studies import plan
from vicinal.studies._plan import Ending, Plan, read_plan, write_plan
from vicinal.training import Measurement

MACHINE = Machine(2, "x86_64", "cpu", "Linux", "3.11", "2.14.1")


def made(out: Path, setups: dict[str, Setup], *, ended: bool = True) -> Plan:
    trials = dict.fromkeys(trial for each in plan(setups).values() for trial in each)
    places = {trial: out / trial.folder_name("f") for trial in trials}
    failed, *_, other = trials
    unmeasured = {
        Measurement("boundary", failed): f"{failed}: boundary could not be measured: no luck.",
        Measurement("attack", failed, other): f"{failed}: attack could not be measured: no luck.",
    }
    ending = Ending(12.5, MACHINE, {failed: f"{failed}: no luck."}, unmeasured) if ended else None
    asked = Plan(setups, places, ending, {"photos": ("one left out.", "divided.")})
    write_plan(out, asked)
    return asked


WISHES = {
    "grid": "full",
    "rows": "erm,layer-2",
    "weights": "erm=a,mixup=b,source=c",
    "mix": "waveform",
    "data": "ring",
    "per": "example",
}
"""What an option is asked for with where it is no flag."""


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_plan_is_read_back_as_it_was_written(tmp_path: Path, name, ended):
    options = {option: WISHES.get(option, True) for option in EXPERIMENTS[name].options}
    given = "weights" in options  # of nets that are there, there is one each
    setup = Setup("smoke", None if given else 2, () if given else ("CutMix(alpha=1.0)",), options)
    asked = made(tmp_path, {name: setup}, ended=ended)
    assert read_plan(tmp_path) == asked
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_a_plan_of_several_experiments_keeps_their_order(tmp_path: Path):
    names = list(EXPERIMENTS)[::-1]
    asked = made(tmp_path, {name: Setup() for name in names})
    assert list(read_plan(tmp_path).setups) == names
    assert read_plan(tmp_path) == asked


def test_the_last_plan_counts(tmp_path: Path):
    made(tmp_path, {"tabular": Setup()})
    asked = made(tmp_path, {"decision-boundary": Setup()})
    assert read_plan(tmp_path) == asked


def test_a_plan_of_before_measures_had_sources_is_read(tmp_path: Path):
    asked = made(tmp_path, {"tabular": Setup()})
    document = json.loads((tmp_path / "plan.json").read_text())
    document["ending"]["unmeasured"] = [entry[:3] for entry in document["ending"]["unmeasured"][:1]]
    (tmp_path / "plan.json").write_text(json.dumps(document))
    found, before = read_plan(tmp_path).ending, asked.ending
    assert found is not None
    assert before is not None
    assert list(found.unmeasured.items()) == list(before.unmeasured.items())[:1]


def test_a_plan_of_old_has_no_notes(tmp_path: Path):
    made(tmp_path, {"tabular": Setup()})
    document = json.loads((tmp_path / "plan.json").read_text())
    del document["notes"]
    (tmp_path / "plan.json").write_text(json.dumps(document))
    assert read_plan(tmp_path).notes == {}


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "{}", '{"format": 2}', '{"format": 1, "setups": {"x": {}}}']
)
def test_what_is_no_plan_is_refused(tmp_path: Path, content):
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(InputError) as told:
        read_plan(tmp_path)
    assert str(told.value) == (
        f"{tmp_path} must be the --out folder of a vicinal reproduce, got no plan.json that can be read."
    )


@pytest.mark.parametrize("key", ["format", "setups", "folders", "ending"])
def test_a_plan_that_lacks_something_is_refused(tmp_path: Path, key):
    made(tmp_path, {"tabular": Setup()})
    document = json.loads((tmp_path / "plan.json").read_text())
    del document[key]
    (tmp_path / "plan.json").write_text(json.dumps(document))
    with pytest.raises(InputError):
        read_plan(tmp_path)


def test_a_plan_whose_folders_are_not_those_of_its_trials_is_refused(tmp_path: Path):
    made(tmp_path, {"tabular": Setup()})
    document = json.loads((tmp_path / "plan.json").read_text())
    document["folders"].pop()
    (tmp_path / "plan.json").write_text(json.dumps(document))
    with pytest.raises(InputError):
        read_plan(tmp_path)


def test_a_folder_without_a_plan_is_refused(tmp_path: Path):
    with pytest.raises(InputError):
        read_plan(tmp_path / "nowhere")
