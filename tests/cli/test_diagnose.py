"""``vicinal diagnose``: a run and a plain file of weights; what does not fit is told in one sentence."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from vicinal import cli
from vicinal.data import SETS, Images
from vicinal.models import build

QUICK = ("--eps", "8", "--rows", "40", "--device", "cpu")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a net that knows digits."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    assert cli.run(["train", "digits", "--epochs", "2", "--alpha", "0.2", "--device", "cpu", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """Give a copy of it in the folder of the command."""
    shutil.copytree(trained, tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Write what somebody keeps of a ResNet-18 of torchvision's that tells two classes apart."""
    models = pytest.importorskip("torchvision.models")
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        torch.save(models.resnet18(num_classes=2).state_dict(), tmp_path / "resnet18.pth")
    return tmp_path / "resnet18.pth"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Write eight pictures of each of two classes, a dark one and a bright one, divided already."""
    noise = np.random.default_rng(0)
    for part in ("train", "test"):
        for name, shade in (("dark", 40), ("bright", 200)):
            (tmp_path / "photos" / part / name).mkdir(parents=True)
            for number in range(4):
                pixels = noise.integers(shade - 30, shade + 30, (40, 48, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(tmp_path / "photos" / part / name / f"{number}.png")
    return tmp_path / "photos"


def test_a_run_is_diagnosed_on_the_test_part_of_its_own_data(called, run, tmp_path):
    status, out, told = called("diagnose", "run", "--eps", "8", "--json", "d.json", "--device", "cpu")
    assert (status, told) == (0, "")
    document = json.loads((tmp_path / "d.json").read_text())
    digits: Images = SETS["digits"].load()
    net = build("small", classes=10, channels=1, size=8, seed=1)
    net.load_state_dict(load_file(run / "weights.safetensors"))
    shades = digits.x_train.double() / 255
    x = ((digits.x_test.double() / 255 - shades.mean()) / shades.std(correction=0)).float()
    with torch.no_grad():
        logits = net.eval()(x)
    assert document["format"] == 1
    assert document["examples"] == len(digits.y_test)
    assert document["error"] == pytest.approx(100 * (logits.argmax(1) != digits.y_test).double().mean().item(), abs=0.3)
    assert document["nll"] == pytest.approx(torch.nn.functional.cross_entropy(logits, digits.y_test).item(), rel=1e-3)
    assert document["data"] == {"name": "digits", "part": "test", "trained_on_these": True, "notes": []}
    assert document["between"]["training_points"] is True
    assert [row["eps"] for row in document["attacks"]["over_eps"]] == [0, 8]
    assert out.splitlines()[-1] == str(Path("run/diagnosis.html"))
    assert "\x1b" not in out
    text = " ".join(out.replace("\xa0", " ").split())
    assert f"{document['error']:.2f} % error" in text
    assert "small, trained on digits with mixup α=0.2, seed 0 · 449 test images of digits" in text
    assert "The net was trained on digits: its errors are those on the test part, which it has not seen." in text
    assert "1,000 pairs of training images, as in the paper" in text
    page = (run / "diagnosis.html").read_text(encoding="utf-8")
    assert "vicinal diagnose run --eps 8" in page
    assert page.count("<svg xmlns") == 6  # three pictures, each for a broad window and for a phone


def test_a_trials_weights_stand_for_its_folder_and_what_is_there_stays(called, run, tmp_path):
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    status, _, told = called(
        "diagnose", "run/weights.safetensors", "digits", *QUICK, "--out", "out", "--json", "d.json"
    )
    assert (status, told) == (0, "")
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    assert (tmp_path / "out" / "diagnosis.html").is_file()
    assert json.loads((tmp_path / "d.json").read_text())["net"] == {
        "name": "small", "from": "run", "trained_on": "digits", "label_noise": 0.0,
    }  # fmt: skip


def test_the_training_part_is_named_as_such(called, run):
    status, out, _ = called("diagnose", "run", *QUICK, "--part", "train")
    text = " ".join(out.replace("\xa0", " ").split())
    assert status == 0
    assert "40 training images of digits" in text
    assert "The net was trained on these very images: its errors on others are larger, as a rule." in text


def test_digits_in_folders_are_those_that_the_run_knows_by_their_names(called, run, tmp_path):
    status, out, told = called("diagnose", "run", "digit-folders", *QUICK, "--json", "d.json")
    assert (status, told) == (0, "")
    document = json.loads((tmp_path / "d.json").read_text())
    assert document["error"] < 50
    assert document["data"]["trained_on_these"] is False
    assert document["between"]["training_points"] is False
    assert "The net was trained on other images, those of digits." in " ".join(out.split())


@pytest.mark.parametrize("net", ["resnet-18", "timm:resnet18"])
def test_a_plain_weights_file_of_torchvision_is_diagnosed(called, weights, photos, tmp_path, net):
    if net.startswith("timm:"):
        pytest.importorskip("timm")
    status, out, told = called(
        "diagnose", "resnet18.pth", "photos", "--net", net, "--size", "32", "--eps", "4", "--json", "d.json",
        "--rows", "8", "--device", "cpu",
    )  # fmt: skip
    assert (status, told) == (0, "")
    document = json.loads((tmp_path / "d.json").read_text())
    models = pytest.importorskip("torchvision.models")
    theirs = models.resnet18(num_classes=2)
    theirs.load_state_dict(torch.load(weights, weights_only=True))
    from torchvision import transforms
    from torchvision.datasets import ImageFolder

    usual = transforms.Compose(
        [
            transforms.Resize(37),
            transforms.CenterCrop(32),
            transforms.ToTensor(),
            transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ]
    )
    x, y = zip(*ImageFolder(str(photos / "test"), usual), strict=True)
    with torch.no_grad():
        logits = theirs.eval()(torch.stack(x))
    assert document["nll"] == pytest.approx(torch.nn.functional.cross_entropy(logits, torch.tensor(y)).item(), rel=1e-3)
    assert (document["classes"], document["examples"]) == (2, 8)
    assert document["data"]["trained_on_these"] is None
    text = " ".join(out.replace("\xa0", " ").split())
    assert f"{net} with the weights of resnet18.pth · 8 test images of photos" in text
    assert "the mean 0.485, 0.456, 0.406 and the deviation 0.229, 0.224, 0.225" in text
    assert out.splitlines()[-1] == "diagnosis.html"


@pytest.fixture
def imagenet_weights(tmp_path: Path) -> Path:
    """Write what somebody keeps of a ResNet-18 of torchvision's that tells ImageNet's classes apart."""
    models = pytest.importorskip("torchvision.models")
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        torch.save(models.resnet18().state_dict(), tmp_path / "imagenet.pth")
    return tmp_path / "imagenet.pth"


# of timm's list and of torchvision's, whose outputs are called tench, English springer and so on in this order
WORDNET = {"n01440764": 0, "n02102040": 217, "n02979186": 482, "n15075141": 999}


def test_outputs_of_an_imagenet_net_are_found_by_wordnet_ids(called, imagenet_weights, tmp_path):
    pytest.importorskip("timm")
    noise = np.random.default_rng(0)
    for part in ("train", "val"):
        for name in WORDNET:
            (tmp_path / "ids" / part / name).mkdir(parents=True)
            for number in range(2):
                pixels = noise.integers(0, 255, (32, 32, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(tmp_path / "ids" / part / name / f"{number}.png")
    words = ("--net", "resnet-18", "--size", "32", "--rows", "8", "--eps", "4", "--device", "cpu", "--json", "d.json")
    status, out, told = called("diagnose", "imagenet.pth", "ids", *words)
    assert (status, told) == (0, "")
    document = json.loads((tmp_path / "d.json").read_text())
    net = pytest.importorskip("torchvision.models").resnet18()
    net.load_state_dict(torch.load(imagenet_weights, weights_only=True))
    from torchvision import transforms
    from torchvision.datasets import ImageFolder

    scale = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    usual = transforms.Compose([transforms.Resize(37), transforms.CenterCrop(32), transforms.ToTensor(), scale])
    x, folders = zip(*ImageFolder(str(tmp_path / "ids" / "val"), usual), strict=True)
    y = torch.tensor([list(WORDNET.values())[folder] for folder in folders])
    with torch.no_grad():
        logits = net.eval()(torch.stack(x))
    assert document["nll"] == pytest.approx(torch.nn.functional.cross_entropy(logits, y).item(), rel=1e-3)
    assert document["top5_error"] == 100 * (logits.topk(5).indices != y[:, None]).all(1).double().mean().item()
    assert document["classes"] == 1000
    assert "taken for ImageNet’s classes in the order of their WordNet ids" in " ".join(out.split())

    # the same by a list of names, in which one that nobody asks for stands twice
    names = [f"class {number}" for number in range(1000)]
    for name, place in WORDNET.items():
        names[place] = name
    names[3] = names[4]
    (tmp_path / "names.txt").write_text("\n".join(names) + "\n")
    status, _, told = called("diagnose", "imagenet.pth", "ids", *words, "--classes", "names.txt")
    assert (status, told) == (0, "")
    assert json.loads((tmp_path / "d.json").read_text())["nll"] == document["nll"]

    names[5] = "n01440764"
    (tmp_path / "names.txt").write_text("\n".join(names))
    status, _, told = called("diagnose", "imagenet.pth", "ids", *words, "--classes", "names.txt")
    assert (status, told) == (
        2,
        'vicinal: the class "n01440764" must be one of the 1,000 that names.txt names '
        "(n01440764, class 1, class 2, …), got 2 so called.\n",
    )
    (tmp_path / "names.txt").write_text("\n".join(names[:999]))
    status, _, told = called("diagnose", "imagenet.pth", "ids", *words, "--classes", "names.txt")
    assert (status, told) == (
        2,
        "vicinal: names.txt must be of 1,000 lines, one for each output of the net in their order, got 999.\n",
    )


def test_without_timm_it_is_said_what_would_help(called, imagenet_weights, photos, tmp_path, monkeypatch):
    words = ("--net", "resnet-18", "--size", "32", "--device", "cpu")
    status, _, told = called("diagnose", "imagenet.pth", "photos", *words)
    expected = "vicinal: imagenet.pth must be weights of a net for the 2 classes of photos, got one for 1,000."
    assert (status, told) == (2, f"{expected} Name the data it is for, or its classes in order with --classes.\n")
    for part in ("train", "test"):
        (photos / part / "dark").rename(photos / part / "n01440764")
        (photos / part / "bright").rename(photos / part / "n02102040")
    monkeypatch.setitem(sys.modules, "timm.data", None)
    status, _, told = called("diagnose", "imagenet.pth", "photos", *words)
    remedy = "Install timm, which knows ImageNet's classes by their ids, or name the net's in order with --classes"
    assert (status, told) == (2, f"{expected} {remedy}.\n")


def test_another_normalisation_is_taken(called, weights, photos, tmp_path):
    told = []
    for more in ((), ("--mean", "0.5", "--std", "0.5")):
        status, _, _ = called(
            "diagnose", "resnet18.pth", "photos", "--net", "resnet-18", "--size", "32", "--eps", "0", *more,
            "--json", "d.json", "--rows", "8",
        )  # fmt: skip
        assert status == 0
        told.append(json.loads((tmp_path / "d.json").read_text()))
    assert told[1]["preparation"]["mean"] == [0.5] * 3
    assert told[0]["nll"] != told[1]["nll"]
    assert told[0]["attacks"] is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "diagnose must be followed by a run, got nothing."),
        ("nowhere digits", "nowhere must be the folder of a vicinal train or a file of weights, got nothing there."),
        (
            "cache digits",
            "cache must be the folder of a trial that has finished, got no outcome.json with its weights.",
        ),
        ("resnet18.pth photos", "--net must be the net that the weights are of (small, preact-resnet-18, "),
        ("resnet18.pth --net resnet-18", "diagnose must be followed by a file of weights and a data set, got no data "),
        ("resnet18.pth photos --net resnet-81", 'no net is called "resnet-81"; did you mean "resnet-18"? '),
        ("resnet18.pth photos --net small", "resnet18.pth does not fit the net: it lacks "),
        (
            "own.py photos --net resnet-18",
            "own.py must be safetensors, or a dictionary of tensors that torch.save wrote",
        ),
        (
            "resnet18.pth digits --net resnet-18",
            "resnet18.pth must be weights of a net for the 10 classes of digits, got one for 2. Name the data",
        ),
        (
            "resnet18.pth photos --net resnet-18 --classes x.txt",
            '--classes must be a text file with a name a line, got "x.txt".',
        ),
        (
            "run photos",
            "the classes of photos must be among the 10 that run was trained on (0, 1, 2, …), got bright, dark",
        ),
        ("run sklearn-iris", "sklearn-iris must be a set of pictures, got something else. Name a set of pictures "),
        ("run nothere", 'no data set or folder is called "nothere"'),
        ("run --net small", "--net must be given for a file of weights only, got a run, run, which says it."),
        ("run --classes x", "--classes must be given for a file of weights only, got a run, run, which says it."),
        ("run --size 16", "--size must be given for a file of weights only, got a run, run, which says it."),
        ("run --rows 1000", "--rows must be at most 449, the pictures of the test part, got 1,000."),
        ("run --rows 0", '--rows must be an integer ≥ 1, got "0".'),
        ("run --eps 4,x", '--eps must be numbers from 0 to 255 with commas between them, got "4,x".'),
        ("run --eps 256", '--eps must be numbers from 0 to 255 with commas between them, got "256".'),
        ("run --eps 4,0.03", "--eps must be 0 or at least 0.5, got 0.03. It counts shades of 255: give 7.65 for 0.03."),
        ("run --part val", 'no part is called "val" (there are test, train)'),
        ("run --mean 0.5", "--mean and --std must be given together, got one of them."),
        (
            "run --mean 123 --std 60",
            "--mean and --std must be in [0, 1], where white is 1, got (123.0,) and (60.0,). "
            "Divide those of shades by 255.",
        ),
        ("run --mean 0.5 --std 0", '--std must be numbers > 0 with commas between them, got "0".'),
        ("run --json no/x.json", '--json must be a file in a folder that exists, got "no/x.json".'),
        ("run digits more", 'diagnose must be followed by one run and one data, got "more" as well.'),
        ("run --jsn x", 'no option of diagnose is called "--jsn"; did you mean "--json"? (vicinal diagnose --help '),
    ],
)
def test_wrong_use_is_told_in_one_sentence_and_ends_with_status_2(
    called, run, photos, tmp_path, words, sentence, request
):
    (tmp_path / "cache").mkdir(exist_ok=True)
    if "resnet18.pth" in words:
        request.getfixturevalue("weights")
    status, out, told = called("diagnose", *words.split())
    assert (status, out, told.count("\n")) == (2, "", 1)
    assert told.startswith(f"vicinal: {sentence}")
    assert not list(tmp_path.rglob("diagnosis.html"))
