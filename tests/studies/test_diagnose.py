"""A net is diagnosed on the pictures that are meant, with the classes that they are of."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from vicinal._errors import InputError
from vicinal.data import named
from vicinal.experiments import Reliability
from vicinal.measure import between
from vicinal.studies import Diagnosed, diagnose, predict, sheet, train
from vicinal.training import BEGUN, Engine, Sgd, Task, Trial

ROWS = 20


@pytest.fixture
def run(tmp_path: Path, photos: Path) -> Path:
    """Give the folder of a net that was trained on twenty of the photos."""
    task = Task(data=str(photos), net="small", batch=10, epochs=2, size=8, rows=ROWS, optimiser=Sgd(learning_rate=0.05))
    train(Trial(task, "Dirac()", 3), named(str(photos)).load(), tmp_path / "run", engine=Engine())
    return tmp_path / "run"


def quick(run: Path, data: Path, **options: object) -> Diagnosed:
    return diagnose(run, str(data), **({"eps": (8,)} | options))  # pyright: ignore[reportArgumentType]


def errors_of_files(run: Path, files: list[Path]) -> float:
    """Return the share of files whose predicted class is not their folder's, per cent."""
    said = zip(predict(run, files), files, strict=True)
    return 100 * sum(each.class_name != file.parent.name for each, file in said) / len(files)


def test_classes_go_by_their_names_where_there_are_fewer(run, photos, tmp_path):
    other = tmp_path / "other"
    for part in ("train", "test"):
        for name in ("right", "left"):
            shutil.copytree(photos / name, other / part / name)
    found = quick(run, other)
    files = sorted((other / "test").rglob("*.png"))
    assert found.diagnosis.examples == len(files)
    assert found.diagnosis.error == pytest.approx(errors_of_files(run, files))
    assert found.own is False
    assert found.diagnosis.classes == 3


def test_own_data_are_the_test_part_and_between_points_the_rows_trained_on(run, photos, monkeypatch):
    seen = []

    def watched(model, x, y, **options):
        seen.append((x, y))
        return between(model, x, y, **options)

    monkeypatch.setattr("vicinal.measure._diagnose.between", watched)
    found = quick(run, photos)
    data = named(str(photos)).load()
    assert found.own is True
    assert found.diagnosis.examples == len(data.test)
    assert found.diagnosis.error == pytest.approx(errors_of_files(run, [photos / path for path, _ in data.test]))
    assert found.diagnosis.between_training
    feed = data.feed(seed=3, rows=ROWS, size=8)
    x, y = next(feed.plain("train", [torch.arange(ROWS)]))
    ((points, classes),) = seen
    assert classes.equal(y)
    mean, std = (torch.tensor(each).view(-1, 1, 1) for each in (feed.preparation.mean, feed.preparation.std))
    torch.testing.assert_close(points, x * std + mean, atol=1e-5, rtol=0)
    assert found.notes == data.notes
    assert quick(run, photos, part="train").diagnosis.examples == ROWS


def test_some_rows_are_drawn_the_same_ones_each_time(run, photos):
    one, other = (quick(run, photos, rows=6).document() for _ in range(2))
    assert one["examples"] == 6
    assert {**one, "seconds": 0} == {**other, "seconds": 0}


def test_figures_on_the_sheet_are_those_of_the_diagnosis(run, photos):
    found = quick(run, photos, rows=10)
    told, diagnosis = sheet(found, command="vicinal diagnose run"), found.diagnosis
    assert told.headline[0] == f"{diagnosis.error:.2f} % error"
    assert diagnosis.robustness is not None
    facts = {fact.name: fact for fact in told.facts}
    assert "top-5 error" not in facts  # of three classes
    assert facts["error"].figure == f"{diagnosis.error:.2f} %"
    assert facts["error"].remark == "guessing: 66.67 %"
    assert facts["negative log-likelihood"].figure == f"{diagnosis.nll:.3f} nats"
    assert facts["error under attack, ε = 8"].figure == f"{diagnosis.robustness.ifgsm[1]:.2f} %"
    assert [chapter.title for chapter in told.chapters] == ["Calibration", "Between points", "Under attack"]
    diagram = told.chapters[0].picture
    assert isinstance(diagram, Reliability)
    assert diagram.count.sum() == diagnosis.examples
    filled = diagram.count > 0
    assert (diagram.low[filled] <= diagram.accuracy[filled]).all()
    assert (diagram.accuracy[filled] <= diagram.high[filled]).all()
    assert [chapter.title for chapter in sheet(quick(run, photos, rows=4, eps=(0,))).chapters] == [
        "Calibration",
        "Between points",
    ]


def test_a_trial_on_a_folder_asks_for_its_path_and_is_not_diagnosed_on_another_of_its_name(
    run, photos, tmp_path, monkeypatch
):
    begun = json.loads((run / BEGUN).read_text())
    begun["task"]["data"] = "photos"  # as the command line keeps it
    (run / BEGUN).write_text(json.dumps(begun))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(InputError) as failure:
        diagnose(run)
    assert (
        str(failure.value) == f"{run} was trained on the folder photos, which is not found here: name its path as DATA."
    )
    monkeypatch.chdir(tmp_path)
    assert diagnose(run, rows=4, eps=(0,)).own is True
    shutil.copytree(photos, tmp_path / "elsewhere" / "photos")
    next((tmp_path / "elsewhere" / "photos").rglob("*.png")).unlink()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="was trained on other data called photos than are found here"):
        diagnose(run)
    found = diagnose(run, "photos", rows=4, eps=(0,))
    assert found.own is False
    assert "The net was trained on other images, also called photos." in sheet(found).provenance


def test_random_labels_are_told_of_wherever_the_real_ones_are_asked_for(run, photos):
    begun = json.loads((run / BEGUN).read_text())
    begun["task"]["label_noise"] = 0.5
    (run / BEGUN).write_text(json.dumps(begun))
    found = quick(run, photos, rows=4, eps=(0,), part="train")
    assert "50 % of the labels random" in found.patient.title
    assert found.document()["net"]["label_noise"] == 0.5
    told = sheet(found).provenance
    assert told[0] == (
        "The net was trained on these very images, but 50 % of their labels replaced by random ones: its errors "
        "here are those in the real labels."
    )
    assert told[1].endswith("as in the paper, with their real labels.")
    told = sheet(quick(run, photos, rows=4, eps=(0,))).provenance
    assert "photos, 50 % of their labels replaced by random ones: its errors are those on the test part" in told[0]
