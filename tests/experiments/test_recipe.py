"""The recipe for a data set that somebody names: one for each of them, whatever else is asked for."""

import dataclasses

import pytest

from vicinal.data import SETS
from vicinal.experiments import EXPERIMENTS, SCALES, Setup, recipe, recipe_alpha, recipe_mixup
from vicinal.models import NETS
from vicinal.training import Adam, Sgd, Task, Trial
from vicinal.vicinity import Mixup, Warmup, vicinity

SMALL_IMAGES = ("digits", "fashion-mnist", "mnist", "cifar10", "cifar100")
PHOTOS = ("digit-folders", "imagenette", "imagenet")
OWN = "somebodys/photos"
EVERY = (*SMALL_IMAGES, *PHOTOS, OWN)
SOUNDS = (
    *("speech-commands", "speech-commands-10", "speech-commands-12"),
    *("speech-commands-v1", "speech-commands-v1-12", "synthetic-words"),
)
TABLES = {
    *("abalone", "arcene", "arrhythmia", "htru2", "iris", "phishing", "ring-and-blob"),
    *("sklearn-breast-cancer", "sklearn-digits", "sklearn-iris", "sklearn-wine"),
}
POINTS = {"grid", "ring", "swiss-roll"}


def rates(task: Task) -> list[float]:
    return [task.optimiser.learning_rate * task.schedule.share(epoch) for epoch in range(task.epochs)]


def test_every_registered_set_is_a_table_points_or_has_its_recipe_here():
    assert set(SETS) == TABLES | POINTS | {*SMALL_IMAGES, *PHOTOS, *SOUNDS}
    assert {name for name, entry in SETS.items() if entry.sounds} == set(SOUNDS)


@pytest.mark.parametrize("data", EVERY)
@pytest.mark.parametrize("scale", [None, *SCALES])
@pytest.mark.parametrize("start", ["", "pretrained", "weights.pt"])
def test_a_recipe_can_be_trained(data, scale, start):
    task = recipe(data, scale=scale, start=start)
    assert (task.data, task.start, task.rows) == (data, start, None)
    assert task.net in NETS
    assert isinstance(task.optimiser, Sgd)
    assert min(task.batch, task.epochs) >= 2
    assert all(0 < drop < task.epochs for drop in task.schedule.drops)
    assert (task.size is None) == (data in SMALL_IMAGES)  # small images keep their size
    assert not (task.size and task.pad)  # photos are cropped otherwise


@pytest.mark.parametrize("data", EVERY)
def test_digits_are_not_mirrored(data):
    """A mirrored digit is another picture; a mirrored garment or animal is one more of its kind."""
    if data in ("digits", "mnist", "digit-folders"):
        assert not recipe(data).flip
        assert not recipe(data, start="weights.pt").flip
    elif data in PHOTOS or data == OWN:
        assert recipe(data).flip


@pytest.mark.parametrize("scale", SCALES)
def test_settings_are_those_of_the_scales_experiments(scale):
    """What is trained by itself is what ``vicinal reproduce`` trains, on all rows unless fewer are asked for."""
    for name in ("cifar", "imagenet"):
        for task in {trial.task: None for trial in EXPERIMENTS[name].trials(Setup(scale))}:
            found = recipe(task.data, scale=scale, net=task.net, epochs=task.epochs, rows=task.rows)
            assert found == task


@pytest.mark.parametrize(
    ("data", "scale"), [("cifar10", "laptop"), ("imagenette", "laptop"), ("digits", "smoke"), ("imagenet", "paper")]
)
def test_the_first_scale_that_has_the_data_set_is_taken(data, scale):
    """A scale that lacks the data set is as good as none: its settings are nowhere."""
    assert recipe(data) == recipe(data, scale=scale)
    has = {each for each in SCALES for name in ("cifar", "imagenet") if data in EXPERIMENTS[name].data[each]}
    for other in set(SCALES) - has:
        assert recipe(data, scale=other) == recipe(data)


@pytest.mark.parametrize("asked", [{"epochs": 200}, {"net": "preact-resnet-18"}, {"net": "wrn-28-10", "epochs": 200}])
def test_what_is_asked_for_does_not_change_the_scale(asked):
    """The paper trains its nets in another way; its scale is asked for by its name, and not by a net's."""
    plain, found = recipe("cifar10"), recipe("cifar10", **asked)
    kept = ("batch", "optimiser", "pad", "flip")
    assert [getattr(found, name) for name in kept] == [getattr(plain, name) for name in kept]
    assert found.net == asked.get("net", plain.net)


def test_mnist_is_trained_as_fashion_mnist_is():
    for scale in (None, *SCALES):
        assert recipe("mnist", scale=scale) == dataclasses.replace(recipe("fashion-mnist", scale=scale), data="mnist")


@pytest.mark.parametrize("data", EVERY)
@pytest.mark.parametrize("epochs", [1, 2, 3, 5, 29, 100, 1000])
@pytest.mark.parametrize("start", ["", "pretrained"])
def test_drops_keep_their_shares_of_another_length(data, epochs, start):
    plain, scaled = recipe(data, start=start), recipe(data, epochs=epochs, start=start)
    assert scaled.epochs == epochs
    drops = scaled.schedule.drops
    assert list(drops) == sorted(set(drops))
    assert all(0 < drop < epochs for drop in drops)
    assert scaled.schedule.warmup <= epochs
    shares = [drop / plain.epochs for drop in plain.schedule.drops]
    assert all(min(abs(drop - share * epochs) for share in shares) <= 0.5 for drop in drops)
    if epochs >= 29:
        assert len(drops) == len(shares)
    assert rates(scaled)[0] == rates(plain)[0]


@pytest.mark.parametrize("net", [None, "resnet-50", "resnext-101-64x4d", "preact-resnet-18"])
@pytest.mark.parametrize(("epochs", "drops"), [(90, (30, 60, 80)), (200, (60, 120, 180))])
def test_imagenet_has_the_papers_schedule_of_each_length_whatever_the_net(net, epochs, drops):
    task = recipe("imagenet", net=net, epochs=epochs)
    assert task.net == (net or "resnet-50")
    assert task.schedule.drops == drops
    assert rates(task)[:6] == pytest.approx([0.1, 0.16, 0.22, 0.28, 0.34, 0.4])
    assert (task.batch, task.size) == (1024, 224)


@pytest.mark.parametrize(("net", "drops"), [("wrn-28-10", (60, 120, 180)), ("preact-resnet-18", (100, 150))])
@pytest.mark.parametrize("epochs", [None, 200])
def test_cifar_has_the_papers_schedule_of_each_net(net, drops, epochs):
    task = recipe("cifar10", scale="paper", net=net, epochs=epochs)
    assert (task.net, task.epochs, task.schedule.drops) == (net, 200, drops)


@pytest.mark.parametrize("start", ["pretrained", "weights.pt"])
def test_a_net_with_weights_is_tuned_at_a_tenth_of_the_learning_rate(start):
    photos = recipe(OWN, start=start)
    assert (photos.net, photos.size, photos.epochs, photos.start) == ("resnet-50", 224, 10, start)
    images = recipe("cifar10", scale="paper", start=start)
    assert (images.net, images.size, images.batch, images.epochs) == ("preact-resnet-18", None, 128, 10)
    assert (images.pad, images.flip) == (4, True)
    for task, scratch in ((photos, recipe(OWN)), (images, recipe("cifar10", scale="paper"))):
        first = scratch.optimiser.learning_rate / 10
        assert rates(task) == pytest.approx([first] * 6 + [first / 10] * 3 + [first / 100])


def test_net_size_and_rows_are_those_that_are_asked_for():
    task = recipe(OWN, net="resnet-101", size=96, rows=40, start="pretrained")
    assert (task.net, task.size, task.rows) == ("resnet-101", 96, 40)
    assert recipe("cifar10", size=64).size == 64


def test_at_paper_scale_what_is_trained_by_itself_is_a_trial_of_the_experiments():
    """Nothing but its names is asked for: reproduce finds the folder, since the trial is the same."""
    for name in ("cifar", "imagenet"):
        trials = EXPERIMENTS[name].trials(Setup("paper"))
        for task in {trial.task: None for trial in trials}:
            asked = {"scale": "paper", "net": task.net, "epochs": task.epochs}
            assert Trial(recipe(task.data, **asked), recipe_mixup(task.data, **asked), 0) in trials


@pytest.mark.parametrize(
    ("asked", "alpha", "halves"),
    [
        ({"data": "cifar10"}, 1.0, True),
        ({"data": "cifar100", "scale": "paper"}, 1.0, False),
        ({"data": "imagenet"}, 0.2, False),  # which only the paper scale has
        ({"data": "imagenet", "net": "resnext-101-64x4d"}, 0.4, False),
        ({"data": "imagenette", "scale": "paper"}, 0.2, True),  # which the paper scale has not
        ({"data": OWN}, 0.2, True),
        ({"data": OWN, "alpha": 0.7}, 0.7, True),
        ({"data": "digits", "alpha": 0.0}, 0.0, True),
    ],
)
def test_the_mixup_of_a_recipe_has_the_alpha_and_the_pairing_of_its_settings(asked, alpha, halves):
    expected = Mixup(alpha, partner="halves", inplace=True) if halves else Mixup(alpha)
    assert recipe_mixup(**asked) == repr(expected)


@pytest.mark.parametrize("data", EVERY)
def test_the_alpha_is_that_of_the_mixup(data):
    made = vicinity(recipe_mixup(data))
    assert isinstance(made, Mixup)
    assert recipe_alpha(data) == made.alpha


def test_the_alpha_of_sounds_is_that_of_spoken_words():
    assert recipe_alpha("recordings", sounds=True) == 0.2


@pytest.mark.parametrize("data", [*SOUNDS, "speech", "somebodys/recordings"])
def test_sounds_have_the_papers_settings(data):
    """Section 3.3: Adam, 30 epochs, minibatches of 100, 3e-3 divided by 10 every 10 epochs, 5 epochs without mixing."""
    task = recipe(data, sounds=True)
    assert (task.data, task.net, task.batch, task.epochs, task.size, task.mix) == (
        *(data, "lenet", 100, 30, None, "spectrogram"),
    )
    assert rates(task) == pytest.approx([3e-3] * 10 + [3e-4] * 10 + [3e-5] * 10)
    assert isinstance(task.optimiser, Adam)
    assert recipe_mixup(data, sounds=True) == repr(Warmup(Mixup(0.2, partner="halves", inplace=True), epochs=5))
    assert recipe_mixup(data, sounds=True, scale="paper", alpha=0.1) == repr(Warmup(Mixup(0.1), epochs=5))


@pytest.mark.parametrize(
    ("epochs", "warmup", "drops"), [(60, 10, (20, 40)), (6, 1, (2, 4)), (3, 0, (1, 2)), (1, 0, ())]
)
def test_sounds_of_another_length_keep_their_shares(epochs, warmup, drops):
    task, name = recipe("speech", sounds=True, epochs=epochs), recipe_mixup("speech", sounds=True, epochs=epochs)
    assert (task.epochs, task.schedule.drops) == (epochs, drops)
    mixing = Mixup(0.2, partner="halves", inplace=True)
    assert name == (repr(Warmup(mixing, epochs=warmup)) if warmup else repr(mixing))


def test_a_net_for_sounds_with_weights_is_tuned_at_a_tenth_of_the_learning_rate():
    task = recipe("recordings", sounds=True, start="weights.pt", net="vgg-11")
    assert (task.net, task.epochs, task.start, task.size) == ("vgg-11", 10, "weights.pt", None)
    assert rates(task) == pytest.approx([3e-4] * 3 + [3e-5] * 4 + [3e-6] * 3)


@pytest.mark.parametrize("scale", SCALES)
def test_sounds_at_a_scale_have_the_settings_of_its_experiment(scale):
    """What is trained by itself is what ``vicinal reproduce`` trains."""
    trials = EXPERIMENTS["speech"].trials(Setup(scale))
    for task in {trial.task: None for trial in trials}:
        asked = {"sounds": True, "scale": scale, "net": task.net}
        assert Trial(recipe(task.data, **asked), recipe_mixup(task.data, **asked), 0) in trials
