"""Predictions of a trained net: one a file, in their order, whatever a file is called and however it keeps colours."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from vicinal._errors import InputError
from vicinal.data import SETS, Images
from vicinal.models import build
from vicinal.studies import Prediction, _predict, predict, train
from vicinal.training import Engine, Sgd, Task, Trial, save
from vicinal.training import run as train_all

SIZE = 8


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, tiny) -> Path:
    """Give the folder of a trained net."""
    folder = tmp_path_factory.mktemp("run")
    task = Task(data="tiny", net="small", batch=10, epochs=4, optimiser=Sgd(learning_rate=0.05))
    train(Trial(task, "Dirac()", 0), tiny, folder, engine=Engine())
    return folder


def by_hand(run: Path, data: Images, pixels: np.ndarray) -> tuple[str, float]:
    """Return class and probability of a picture of the net's size, from the weights and the training pictures alone."""
    net = build("small", classes=3, channels=3, size=SIZE, seed=1)
    net.load_state_dict(load_file(run / "weights.safetensors"))
    shades = data.x_train.double() / 255
    mean, std = shades.mean((0, 2, 3)), shades.std((0, 2, 3), correction=0)
    x = (torch.from_numpy(pixels).double() / 255 - mean) / std
    with torch.no_grad():
        probability = net.eval()(x.permute(2, 0, 1)[None].float()).softmax(1)[0]
    return data.classes[int(probability.argmax())], float(probability.max())


def pixels_of(data: Images, number: int) -> np.ndarray:
    return data.x_test[number].permute(1, 2, 0).numpy()


def saved(folder: Path, data: Images, count: int) -> list[Path]:
    """Write test pictures as files."""
    files = [folder / f"{number}.png" for number in range(count)]
    for number, file in enumerate(files):
        Image.fromarray(pixels_of(data, number)).save(file)
    return files


def said(prediction: Prediction) -> tuple[str, object]:
    return prediction.class_name, pytest.approx(prediction.probability, abs=1e-5)


def test_predictions_are_those_computed_by_hand(run, tiny, tmp_path):
    files = saved(tmp_path, tiny, 17)
    found = list(predict(run, files))
    assert [each.file for each in found] == [str(file) for file in files]
    for number, each in enumerate(found):
        assert said(each) == by_hand(run, tiny, pixels_of(tiny, number))
        assert each.error == ""
    assert len({each.class_name for each in found}) > 1


def test_files_are_predicted_by_and_by_and_what_is_beside_one_is_nothing_to_it(run, tiny, tmp_path, monkeypatch):
    files = saved(tmp_path, tiny, 7)
    files[3:3] = [tmp_path / "missing.png", *files[:1]]  # one twice, one that is not there
    at_once = list(predict(run, files))
    monkeypatch.setattr(_predict, "AT_ONCE", 2)
    found = predict(run, files)
    assert isinstance(found, Iterator)
    for one, other in zip(at_once, found, strict=True):
        assert (one.file, one.class_name, one.error) == (other.file, other.class_name, other.error)
        assert one.probability == pytest.approx(other.probability, abs=1e-6)
    assert [bool(each.error) for each in at_once] == [number == 3 for number in range(9)]
    assert at_once[4] == at_once[0]
    assert list(predict(run, [])) == []


# A picture in black and white, which every form can hold without loss.
BITS = np.kron(np.array([[1, 0, 0, 1], [0, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1]], dtype=bool), np.ones((2, 2), bool))
GREY = Image.fromarray(BITS.astype(np.uint8) * 255)


def over_nothing() -> Image.Image:
    """Return the picture whose white is transparent, and black in its colours."""
    picture = Image.new("RGBA", GREY.size, (0, 0, 0, 0))
    picture.putalpha(Image.fromarray((~BITS).astype(np.uint8) * 255))
    return picture


def turned(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a viewer turns it by a quarter to the right
    GREY.convert("RGB").transpose(Image.Transpose.ROTATE_90).save(path, "PNG", exif=exif)


def animated(path: Path) -> None:
    GREY.convert("P").save(path, "GIF", save_all=True, append_images=[Image.new("P", GREY.size, 3)])


FORMS: dict[str, Callable[[Path], object]] = {
    "colours.png": lambda path: GREY.convert("RGB").save(path),
    "grey.png": GREY.save,
    "palette.png": lambda path: GREY.convert("RGB").quantize(2).save(path),
    "palette.gif": GREY.save,
    "bilevel.png": lambda path: GREY.convert("1").save(path),
    "bilevel.tif": lambda path: GREY.convert("1").save(path, compression="group4"),
    "rgba.png": lambda path: GREY.convert("RGBA").save(path),
    "transparent.png": lambda path: over_nothing().save(path),
    "sixteen.png": lambda path: Image.fromarray(BITS.astype(np.uint16) * 65535).save(path),
    "cmyk.tif": lambda path: GREY.convert("CMYK").save(path),
    "turned.png": turned,
    "lossless.webp": lambda path: GREY.convert("RGB").save(path, lossless=True),
    "animated.gif": animated,
    "a png named.jpg": lambda path: GREY.save(path, "PNG"),
    "UPPER.PNG": GREY.save,
    "UPPER.BMP": GREY.save,
    "no suffix": lambda path: GREY.save(path, "PNG"),
    "ünïcödé 画像 🙂.png": GREY.save,
    "a\nnew line.png": GREY.save,
    "-v.png": GREY.save,
    "100%s {0} $HOME.png": GREY.save,
    os.fsdecode(b"no utf-8 \xff.png"): lambda path: GREY.save(path, "PNG"),
}


def test_odd_files_are_read_as_a_viewer_shows_them(run, tiny, tmp_path):
    expected = by_hand(run, tiny, np.array(GREY.convert("RGB")))
    for name, write in FORMS.items():
        try:
            write(tmp_path / name)
        except OSError:  # a file system that knows no such names
            assert not name.isascii()
    files = [tmp_path / name for name in FORMS if (tmp_path / name).exists()]
    assert len(files) > 15
    found = list(predict(run, files))
    assert [each.file for each in found] == [str(file) for file in files]
    for file, each in zip(files, found, strict=True):
        assert said(each) == expected, file.name


def test_a_picture_of_another_size_is_resized_and_its_centre_taken(run, tiny, tmp_path):
    """Four times as large in each direction, and with what is left of it on both sides."""
    picture = GREY.convert("RGB").resize((32, 32), Image.Resampling.NEAREST)
    wide = Image.new("RGB", (64, 32), "red")
    wide.paste(picture, (16, 0))
    wide.save(tmp_path / "wide.png")
    picture.save(tmp_path / "large.png")
    wide, large = predict(run, [tmp_path / "wide.png", tmp_path / "large.png"])
    name, probability = by_hand(run, tiny, np.array(picture.resize((8, 8), Image.Resampling.BILINEAR)))
    for each in (wide, large):
        assert (each.class_name, each.probability) == (name, pytest.approx(probability, abs=0.05))


def test_broken_files_are_named_with_the_reason_and_stop_no_other(run, tiny, tmp_path):
    (good,) = saved(tmp_path, tiny, 1)
    whole = good.read_bytes()
    broken = {
        "empty.png": b"",
        "text.jpg": b"no picture",
        "cut.png": whole[: len(whole) // 2],
        "html.png": b"<!DOCTYPE html><html></html>",
    }
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.png").mkdir()
    names = [*broken, "folder.png", "missing.png"]
    files = [file for name in names for file in (tmp_path / name, good)]
    found = list(predict(run, files))
    assert [each.file for each in found] == [str(file) for file in files]
    for each in found[::2]:
        folder = each.file.endswith("folder.png")
        reason = "must be a file, got a folder. " if folder else "cannot be read as a picture: "
        assert each.error.startswith(f"{each.file} {reason}")
        assert each.error.endswith(".")
        assert "\n" not in each.error
        assert (each.class_name, each.probability) == ("", 0.0)
    assert {said(each)[0] for each in found[1::2]} == {by_hand(run, tiny, pixels_of(tiny, 0))[0]}
    assert found[-2].error.endswith(": No such file or directory.")


def test_the_form_for_json_has_a_class_with_its_probability_or_an_error():
    assert Prediction("a.png", "cat", 0.75).document() == {"file": "a.png", "class": "cat", "probability": 0.75}
    assert Prediction("a.png", error="it is none.").document() == {"file": "a.png", "error": "it is none."}


@pytest.mark.parametrize("lost", [None, "outcome.json", "weights.safetensors", "settings.json"])
def test_a_folder_without_a_finished_trial_is_refused(run, tmp_path, lost):
    folder = tmp_path / "run"
    if lost is not None:
        folder.mkdir()
        for path in run.iterdir():
            if path.name != lost:
                (folder / path.name).write_bytes(path.read_bytes())
    found = "nothing there" if lost is None else "no outcome.json with its weights"
    with pytest.raises(InputError) as told:
        list(predict(folder, [Path("x.png")]))
    assert str(told.value) == (
        f"{folder} must be the folder of a trial that has finished, got {found}. Name the --out folder of a vicinal "
        "train or compare."
    )


def test_a_net_that_takes_no_pictures_is_refused(trials, tmp_path):
    data = SETS[trials[0].task.data].load()
    (finished,) = train_all(trials[:1], data)
    save(tmp_path, finished, fingerprint=data.fingerprint)
    with pytest.raises(InputError, match="must be the folder of a trial on pictures or sounds, got one on a table"):
        list(predict(tmp_path, [Path("x.png")]))
