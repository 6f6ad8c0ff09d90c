"""Somebody's own data: what is tested on where nobody says, who is in one part, which nets fit, what does not go."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile
import torch
from PIL import Image

from vicinal._errors import InputError
from vicinal.data import Images, Part, Sounds, Table, named
from vicinal.studies import Asked, begun, own
from vicinal.studies._own import Own
from vicinal.training import Trial
from vicinal.training._fed import fed

PARTS: tuple[Part, ...] = ("train", "valid", "test")
CLIPS = [
    f"{label}/{who}_{number}.wav" for label in "ab" for who in ("ann", "bob", "cy", "dee", "eve") for number in "01"
]


def parts(mine: Own, seed: int) -> dict[Part, torch.Tensor]:
    assert not isinstance(mine.data, Table)
    return mine.data.numbers(seed=seed, valid=mine.task.valid, test=mine.task.test)


def test_photos_without_a_test_part_are_divided_anew_by_every_split(photos, tmp_path):
    mine = own(photos, tmp_path)
    assert isinstance(mine.data, Images)
    assert (mine.given_test, mine.repetition) == (False, "split")
    assert (mine.trained, mine.tested, mine.told.rows, mine.told.kind) == (32, 13, 53, "photos")
    assert mine.overlap() == 13 / 32
    tests = [parts(mine, seed)["test"].tolist() for seed in range(3)]
    assert len(set(map(tuple, tests))) == 3
    said = " ".join(mine.told.notes)
    assert "Each split tests on another quarter of the photos" in said
    assert "always the same ones" not in said
    assert "--skip-broken" not in said


def test_the_file_that_is_kept_is_fed_as_the_data_are(photos, tmp_path):
    mine = own(photos, tmp_path)
    mine.save()
    kept = named(mine.task.data).load()
    assert kept.fingerprint == mine.data.fingerprint
    feed = fed(Trial(mine.task, "Dirac()", 1), kept, device="cpu")
    assert [feed.size(part) for part in ("train", "valid", "test")] == [32, 8, 13]


def test_photos_with_a_test_part_keep_it(tiny, tmp_path):
    mine = own(given(tiny, tmp_path / "photos"), tmp_path)
    assert (mine.given_test, mine.repetition, mine.overlap()) == (True, "seed", 0.0)
    assert (mine.trained, mine.tested) == (42, 17)
    for seed in range(3):
        assert parts(mine, seed)["test"].tolist() == list(range(53, 70))
    assert "The part to test on is given; a fifth of the others, drawn by the seed, chooses." in mine.told.notes


def given(tiny: Images, root: Path) -> Path:
    """Write the tiny pictures with a part for testing."""
    for part, x, y in (("train", tiny.x_train, tiny.y_train), ("test", tiny.x_test, tiny.y_test)):
        for number, (picture, label) in enumerate(zip(x, y.tolist(), strict=True)):
            folder = root / part / tiny.classes[label]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture.permute(1, 2, 0).numpy()).save(folder / f"{number}.png")
    return root


def test_photos_that_are_trained_and_tested_on_are_pointed_out(tiny, tmp_path):
    root = given(tiny, tmp_path / "photos")
    assert own(root, tmp_path).told.warnings == ()
    shutil.copy(root / "train" / "left" / "0.png", root / "test" / "left" / "copy.png")
    assert own(root, tmp_path).told.warnings == (
        "1 of 18 photos that are tested on is a copy of one trained on (test/left/copy.png of train/left/0.png): the "
        "test is easier than new photos would be.",
    )
    shutil.copy(root / "train" / "left" / "3.png", root / "test" / "right" / "again.png")
    (told,) = own(root, tmp_path).told.warnings
    assert told.startswith("2 of 19 photos that are tested on are copies of ones trained on (test/")
    assert "for example" in told


def test_the_targets_of_the_parts_are_those_that_a_net_is_fed(photos, tones, tmp_path):
    frame = pl.DataFrame({"x": [i % 7 + 0.5 for i in range(40)], "y": ["a", "b", "c", "d"] * 10})
    for data in (photos, tones(*CLIPS), frame):
        mine = own(data, tmp_path)
        for seed in range(2):
            if isinstance(mine.data, Table):
                parts = mine.data.parts(seed=seed)
                expected = {"train": parts.y_train, "valid": parts.y_valid, "test": parts.y_test}
            else:
                feed = fed(Trial(mine.task, "Dirac()", seed), mine.data, device="cpu")
                expected = {part: feed.labels(part).numpy() for part in PARTS}
            found = mine.targets(seed)
            assert found.keys() == expected.keys()
            for part in PARTS:
                np.testing.assert_array_equal(found[part], expected[part])


def test_a_metric_that_cannot_score_photos_is_refused_before_any_net_is_trained(photos, tmp_path):
    """Of three classes, of which this scorer can tell nothing."""
    with pytest.raises(InputError, match=r"^--metric must be one that can score 3 classes, got \"roc_auc\""):
        begun(photos, tmp_path / "out", Asked(metric="roc_auc"))
    assert not (tmp_path / "out").exists()


def test_nobody_is_heard_in_two_parts(tones, tmp_path):
    mine = own(tones(*CLIPS), tmp_path, group_regex=r"/([a-z]+)_")
    assert isinstance(mine.data, Sounds)
    assert mine.data.groups is not None
    who = torch.cat([mine.data.groups[part] for part in ("train", "test")])
    assert len(who.unique()) == 5
    assert not mine.given_test
    for seed in range(4):
        divided = parts(mine, seed)
        assert len(divided["train"]) == mine.trained
        heard = [set(who[each].tolist()) for each in divided.values()]
        assert sum(map(len, heard)) == len(set().union(*heard))
    assert "in whole groups" in " ".join(mine.told.notes)


def test_a_copy_is_no_second_example(tones, photos, tmp_path):
    root = tones(*CLIPS)
    shutil.copy(root / "a" / "ann_0.wav", root / "a" / "copy.wav")
    mine = own(root, tmp_path / "sounds-out")
    assert mine.told.rows == len(CLIPS)
    assert "1 sound is a copy of another and left out." in mine.told.notes
    first = sorted(photos.rglob("*.png"))[0]
    for name in "xy":
        shutil.copy(first, first.with_name(f"{name}.png"))
    assert own(photos, tmp_path).told.rows == 53


def test_sounds_are_cut_as_is_asked_in_every_process(tones, tmp_path):
    mine = own(tones(*CLIPS), tmp_path, seconds=0.2)
    mine.save()
    kept = named(mine.task.data).load()
    assert kept.samples == 3_200
    assert fed(Trial(mine.task, "Dirac()", 0), kept, device="cpu").shape[1:] == mine.task.size


def test_the_columns_of_a_table_are_those_of_its_file(tmp_path):
    frame = pl.DataFrame({
        "size": [i % 7 + 0.5 for i in range(40)], "colour": ["red", "green", "blue", "grey"] * 10, "y": ["a", "b"] * 20
    })  # fmt: skip
    assert own(frame, tmp_path).told.columns == 2


FRAME = pl.DataFrame({"x": [i % 7 + 0.5 for i in range(40)], "0": ["a", "b"] * 20, "z": ["u", "v", "w", "w"] * 10})
PAIR = (FRAME.select("x").to_numpy(), FRAME["0"].to_list())


@pytest.mark.parametrize(
    ("data", "asked", "sentence"),
    [
        (PAIR, {"target": "x"}, "--target must be left out, since it is for a table that holds it, got it with y."),
        (PAIR, {"target": 0}, "--target must be left out, since it is for a table that holds it, got it with y."),
        (PAIR, {"target": "x", "files": "1"}, "--target must be left out, since it is for a table that holds it"),
        ((*PAIR, 1), {}, "data must be a pair (X, y), where it is a tuple, got 3 things."),
        (
            FRAME,
            {"encoding": "utf-8"},
            "--encoding must be left out, since it is for a file, got it with data in memory.",
        ),
        (FRAME, {"header": False}, "--header must be left out, since it is for a file, got it with data in memory."),
        (FRAME, {"target": ""}, 'table: no column is called ""'),
    ],
    ids=str,
)
def test_nothing_that_is_asked_of_data_in_memory_is_passed_over(tmp_path, data, asked, sentence):
    with pytest.raises(InputError) as caught:
        own(data, tmp_path, **asked)
    assert str(caught.value).startswith(sentence)


def test_a_column_that_is_called_0_is_a_target_as_any_other(tmp_path):
    assert own(FRAME, tmp_path, target=0).told.target == "0"
    assert own(FRAME, tmp_path).told.target == "z"


@pytest.fixture
def listed(photos, tmp_path) -> Path:
    """Write a table that names the photos, who took them and what they show."""
    paths = sorted(photos.rglob("*.png"))
    frame = pl.DataFrame({
        "file": [path.relative_to(photos).as_posix() for path in paths],
        "by": [f"person {number % 9}" for number in range(len(paths))],
        "shows": [path.parent.name for path in paths],
        "size": range(len(paths)),
    })  # fmt: skip
    frame.write_csv(tmp_path / "photos.csv")
    return tmp_path / "photos.csv"


def test_a_column_of_paths_is_learned_as_the_folder_is(listed, photos, tmp_path):
    mine = own(listed, tmp_path / "one", files="file", root=photos, target="shows")
    same = own(photos, tmp_path / "two")
    assert isinstance(mine.data, Images)
    assert isinstance(same.data, Images)
    assert mine.data.classes == same.data.classes
    both = []
    for data in (mine.data, same.data):
        x, y = torch.cat([data.x_train, data.x_test]), torch.cat([data.y_train, data.y_test])
        both.append(sorted((label, pixels.tobytes()) for label, pixels in zip(y.tolist(), x.numpy(), strict=True)))
    assert both[0] == both[1]
    assert (mine.trained, mine.tested, mine.given_test) == (same.trained, same.tested, False)


def test_photos_of_one_group_are_in_one_part(listed, photos, tmp_path):
    mine = own(listed, tmp_path, files="file", root=photos, target="shows", group="by")
    assert isinstance(mine.data, Images)
    assert mine.data.groups is not None
    who = torch.cat([mine.data.groups["train"], mine.data.groups["test"]])
    by = [set(who[each].tolist()) for each in parts(mine, 2).values()]
    assert sum(map(len, by)) == len(set().union(*by)) == 9


def test_a_column_of_sounds_is_heard(tones, tmp_path):
    root = tones(*CLIPS)
    frame = pl.DataFrame({"said": [path[0] for path in CLIPS], "clip": CLIPS})
    mine = own(frame, tmp_path, files="clip", root=root, target="said")
    assert isinstance(mine.data, Sounds)
    assert (mine.told.kind, mine.told.rows, mine.told.classes) == ("sounds", 20, ("a", "b"))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"files": "fil"}, 'did you mean "file"?'),
        ({"files": "file", "root": "nowhere"}, '--root must be a folder that exists, got "nowhere".'),
        ({"files": "by"}, "got 53 of 53 that are not there: person 0, person 1, person 2, …. Say with --root"),
        ({"files": "file", "target": "file"}, "must be one column each, got one column twice."),
        ({"files": "file", "time": "size"}, "--time must be left out"),
        ({"files": "file", "task": "regression"}, "--task must be classification for photos and sounds"),
        ({"files": "file", "seconds": 1.0}, "--seconds must be left out, since it is for sounds"),
        ({"files": "file", "group_regex": "x"}, "--group-regex must be left out"),
        ({"files": None, "root": "."}, "--root must be left out, since it is for paths, which --files names"),
        ({"files": None, "seconds": 1.0}, "--seconds must be left out"),
        ({"files": None, "skip_broken": True}, "--skip-broken must be left out"),
        ({"files": None, "net": "lenet", "root": None}, "--net must be mlp- and the units of its layers for a table"),
        ({"files": "file", "net": "mlp-16"}, "--net must be one for photos, as small is"),
        ({"files": "file", "net": "smal"}, 'did you mean "small"?'),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_told_in_one_sentence(listed, photos, tmp_path, asked, sentence):
    with pytest.raises(InputError) as caught:
        own(listed, tmp_path / "out", **({"target": "shows", "root": photos if asked.get("files") else None} | asked))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files_are_named(listed, photos, tmp_path):
    for path in sorted(photos.rglob("*.png"))[:5]:
        path.unlink()
    with pytest.raises(InputError) as caught:
        own(listed, tmp_path / "out", files="file", root=photos, target="shows")
    assert "5 of 53 that are not there: left/" in str(caught.value)
    assert str(caught.value).endswith(", …. Say with --root in which folder the paths begin.")


def test_broken_files_are_left_out_where_that_is_asked_for(listed, photos, tmp_path):
    sorted(photos.rglob("*.png"))[0].write_bytes(b"nothing")
    options = {"files": "file", "root": photos, "target": "shows"}
    with pytest.raises(InputError, match="1 of 53 pictures cannot be read"):
        own(listed, tmp_path / "out", **options)
    for data, further in ((listed, options), (photos, {})):
        assert own(data, tmp_path / "out", skip_broken=True, **further).told.rows == 52


def test_pictures_and_sounds_in_one_column_are_told(photos, tones, tmp_path):
    soundfile.write(photos / "left" / "hum.wav", np.zeros(800), 16_000)
    paths = [path.relative_to(photos).as_posix() for path in sorted(photos.rglob("*.*"))]
    frame = pl.DataFrame({"file": paths, "y": ["a", "b"] * (len(paths) // 2)})
    with pytest.raises(InputError, match=r"must be pictures or sounds, all of one kind, got left/hum\.wav as well\."):
        own(frame, tmp_path / "out", files="file", root=photos)


def test_a_method_that_the_net_has_no_place_for_is_told_before_training(tones, photos, tmp_path):
    sounds = own(tones(*CLIPS), tmp_path / "sounds-out")
    with pytest.raises(InputError, match=r"^lenet-half cannot be trained on sounds: dropout must be 0 for lenet-half"):
        sounds.check(replace(sounds.task, dropout=0.2))
    pictures = own(photos, tmp_path)
    pictures.check(replace(pictures.task, dropout=0.2))


def test_nets_for_tables_are_refused_for_sounds(tones, tmp_path):
    with pytest.raises(InputError, match=r"^--net must be one for sounds, as lenet-half is \(vicinal list shows all\)"):
        own(tones(*CLIPS), tmp_path, net="mlp-16")


def test_the_whole_is_what_a_last_net_is_trained_on(photos, tmp_path):
    mine = own(photos, tmp_path)
    data, task = mine.whole()
    feed = fed(Trial(task, "Dirac()", 0), data, device="cpu")
    assert feed.size("train") == mine.told.rows == 53
