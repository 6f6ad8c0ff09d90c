"""What vicinities are called where people read them."""

import pytest

from vicinal.experiments._names import ERM, after, label, labels, mixup, mixup_in, pairing
from vicinal.vicinity import canonical


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("erm", "ERM"),
        ("mixup(0.2)", "mixup α=0.2"),
        ("mixup(1)", "mixup α=1"),
        ("mixup(0.4, partner='halves', inplace=True)", "mixup α=0.4"),
        ("mixup(0.4, partner='halves')", "Mixup(alpha=0.4, partner='halves')"),
        ("mixup(0)", "mixup α=0"),
        ("mixup(1, per='pair')", "Mixup(alpha=1.0, per='pair')"),
        ("gaussian(0.1)", "Gaussian σ=0.1"),
        ("cutmix(1)", "CutMix(alpha=1.0)"),
        ("latent(2, mixup(1))", "mixup α=1 after layer 2"),
        ("latent(2, mixup(1, partner='halves'))", "mixup α=1 after layer 2"),
        ("latent(3, gaussian(.1))", "Gaussian σ=0.1 after layer 3"),
        ("latent(3, cutmix(1))", "Latent(layer=3, vicinity=CutMix(alpha=1.0))"),
        ("outside(1)", "mixup α=1, 200 nearest"),
        ("outside(.4, k=5, same_class=True)", "mixup α=0.4, 5 nearest of the class"),
        ("outside(1, partner='loader')", "mixup α=1, two loaders"),
        ("outside(1, mix='inputs')", "inputs only, mixup α=1, 200 nearest"),
        ("mixup(1, mix='inputs')", "inputs only, mixup α=1"),
        ("mixup(1, mix='inputs', partner='halves', inplace=True)", "inputs only, mixup α=1"),
        ("mixup(1, mix='inputs', partner='same-class')", "inputs only, mixup α=1, same class"),
        ("mixup(.2, partner='other-class')", "mixup α=0.2, other class"),
        ("mixup(1, partner='same-class', per='example')", "Mixup(alpha=1.0, per='example', partner='same-class')"),
        ("mixup(1, mix='inputs', per='pair')", "Mixup(alpha=1.0, per='pair', mix='inputs')"),
        ("dirichlet(1, k=3)", "Dirichlet α=1, 3 examples"),
        ("warmup(mixup(0.2))", "mixup α=0.2 after 5"),
        ("warmup(mixup(0.2, partner='halves', inplace=True), epochs=1)", "mixup α=0.2 after 1"),
        ("warmup(cutmix(1), epochs=2)", "CutMix(alpha=1.0) after 2"),
        ("until(mixup(0.2), epoch=9)", "Until(vicinity=Mixup(alpha=0.2), epoch=9)"),
    ],
)
def test_a_vicinity_is_called_what_the_paper_calls_it(text, shown):
    assert label(canonical(text)) == shown


def test_somebodys_own_is_called_by_its_class_whether_the_file_is_still_there_or_not():
    assert label("/home/somebody/mine.py:MyMix(alpha=1)") == "MyMix(alpha=1)"


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (("erm", "mixup(0.2)", "mixup(1)"), ("ERM", "mixup α=0.2", "mixup α=1")),
        (
            ("mixup(0.2)", "mixup(1, partner='halves', inplace=True)", "mixup(1)"),
            ("mixup α=0.2", "mixup α=1, halves", "mixup α=1, permutation"),
        ),
        (
            ("mixup(0.1234567)", "mixup(0.1234568)"),
            ("Mixup(alpha=0.1234567)", "Mixup(alpha=0.1234568)"),  # of one pairing
        ),
        (("gaussian(0.1234567)", "gaussian(0.1234568)"), ("Gaussian(sigma=0.1234567)", "Gaussian(sigma=0.1234568)")),
    ],
)
def test_beside_others_no_two_are_called_alike(texts, shown):
    names = tuple(map(canonical, texts))
    assert labels(names) == dict(zip(names, shown, strict=True))


def test_two_files_with_one_class_are_told_apart():
    names = ("/home/somebody/mine.py:MyMix(alpha=1)", "/home/somebody/other.py:MyMix(alpha=1)")
    assert labels(names) == dict(zip(names, names, strict=True))


def test_names_are_canonical():
    assert canonical("erm") == ERM
    assert canonical("mixup(.4)") == mixup(0.4)


def test_the_fastest_form_is_in_place_by_halves():
    assert canonical("mixup(.4, partner='halves', inplace=True)") == mixup(0.4, halves=True)


@pytest.mark.parametrize(
    ("text", "paired"),
    [
        ("erm", ""),
        ("gaussian(0.1)", ""),
        ("mixup(0.2)", "permutation"),
        ("mixup(0.2, partner='halves', inplace=True)", "halves"),
        ("mixup(0.2, partner='other-class')", "other-class"),
        ("warmup(mixup(0.2, partner='halves'))", "halves"),
        ("warmup(gaussian(0.1))", ""),
    ],
)
def test_the_pairing_is_told_where_a_batch_is_mixed_with_itself(text, paired):
    assert pairing(canonical(text)) == paired


@pytest.mark.parametrize("epochs", [0, 1, 5])
def test_a_name_with_a_warm_up_is_canonical_and_its_mixup_is_found(epochs):
    name = after(mixup(0.4, halves=True), epochs=epochs)
    assert name == canonical(f"warmup(mixup(.4, partner='halves', inplace=True), epochs={epochs})")
    found = mixup_in(name)
    assert found is not None
    assert repr(found) == mixup(0.4, halves=True)
    assert mixup_in(after(ERM, epochs=epochs)) is None


def test_somebodys_own_pairing_is_not_known():
    assert pairing("/home/somebody/mine.py:MyMix(alpha=1)") == ""
