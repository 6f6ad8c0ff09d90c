"""A comparison on somebody's data: what is trained, what is judged, what is kept, what it says of it all."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import softmax
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.dummy import DummyClassifier
from sklearn.metrics import log_loss

import vicinal
from vicinal import cli
from vicinal._errors import InputError
from vicinal.data import load_table
from vicinal.evidence import paired
from vicinal.experiments import Comparison
from vicinal.studies import Asked, begun, finished, kept, learned_from, net_in, own, predict_table, refit
from vicinal.studies._baselines import commonest
from vicinal.studies._begun import Run, Setting
from vicinal.studies._budget import Clock
from vicinal.studies._scores import score
from vicinal.training import Trial

SMALL = {"alphas": (0.2, 1.0), "epochs": 1, "splits": 3, "jobs": 2, "net": "mlp-16"}


def table(path: Path, frame: pl.DataFrame) -> Path:
    frame.write_csv(path)
    return path


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    x, y = load_wine(return_X_y=True)
    frame = pl.DataFrame({f"x{i}": x[:, i] for i in range(4)} | {"kind": np.array(["red", "white", "rosé"])[y]})
    return table(tmp_path_factory.mktemp("data") / "wine.csv", frame)


@pytest.fixture(scope="module")
def made(wine: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Comparison, Path]:
    """Takes five seconds: two processes are started, which import torch."""
    out = tmp_path_factory.mktemp("out")
    asked = Asked(alphas=(0.2, 1.0), also=("gaussian(0.1)", "dropout"), epochs=1, splits=3, noise=(0.5,), net="mlp-16")
    run = begun(wine, out, asked, processes=2)
    found = finished(run, processes=2)
    refit(run.own, run.methods, found, out)
    return run, found, out


def test_every_method_has_every_split_with_the_same_rows_labels_and_first_weights(made):
    run, found, _ = made
    outcomes = kept(run.places)
    assert len(outcomes) == 2 * 5 * 3
    plain = [trial for trial in outcomes if not trial.task.label_noise]
    for seed in range(3):
        rows = [outcomes[trial].kept()["test_rows"].tolist() for trial in plain if trial.seed == seed]
        assert len(rows) == 5
        assert rows.count(rows[0]) == 5
    assert [row.method for row in found.rows] == ["mixup α=0.2", "mixup α=1", "Gaussian σ=0.1", "dropout 0.2"]
    assert found.lengths == (1, 2, 4)


def figures(run: Run, setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    """Return from the answers that are kept what validation chooses by and the test errors, of shape (M, L, S) each.

    Of equal errors the likelihood decides.
    """
    outcomes, pairs = kept(run.places), zip(run.methods, setting.tasks, strict=True)
    held = [[outcomes[Trial(task, method.vicinity, seed)].kept() for seed in range(3)] for method, task in pairs]

    def of(part: str, made: Callable[[np.ndarray, np.ndarray], float]) -> np.ndarray:
        return np.array([
            [[made(each[f"{part}_answers_{n}"].numpy(), each[f"{part}_target"].numpy()) for each in splits]
             for n in (1, 2, 4)]
            for splits in held
        ])  # fmt: skip

    def error(answers: np.ndarray, target: np.ndarray) -> float:
        return 100 * float(np.mean(answers.argmax(1) != target))

    def chosen_by(answers: np.ndarray, target: np.ndarray) -> float:
        nats = log_loss(target, softmax(answers.astype(np.float64), axis=1), labels=range(3))
        return error(answers, target) + 1e-6 * min(100, nats)

    return of("valid", chosen_by), of("test", error)


def picked(valid: np.ndarray, test: np.ndarray, methods: Sequence[int]) -> np.ndarray:
    """Return the test error of what is lowest on validation, in each split."""
    choices = [(m, at) for m in methods for at in range(3)]
    best = [min(choices, key=lambda choice, s=s: (valid[(*choice, s)], choice)) for s in range(3)]
    return np.array([test[(*choice, s)] for s, choice in enumerate(best)])


def test_figures_and_gains_are_those_of_the_answers(made):
    run, found, _ = made
    held = next(iter(kept(run.places).values())).kept()
    tested = len(held["test_rows"])
    overlap = tested / (178 - len(held["valid_rows"]) - tested)
    valid, test = figures(run, run.settings[0])
    erm = picked(valid, test, [0])
    for gain, methods in ((found.gain, [1, 2]), *((row.gain, [m]) for m, row in enumerate(found.rows, 1))):
        assert gain is not None
        expected = paired(erm - picked(valid, test, methods), overlap=overlap)
        assert (gain.mean, gain.low, gain.high) == pytest.approx((expected.mean, expected.low, expected.high))
    assert found.erm.error is not None
    assert found.erm.error.mean == pytest.approx(erm.mean())
    assert list(found.erm.figures.values()) == pytest.approx(erm)


def test_tested_rows_have_the_labels_of_the_table(made):
    run, _, _ = made
    table = load_table(run.own.task.data)
    for outcome in kept(run.places).values():
        held = outcome.kept()
        assert held["test_target"].tolist() == table.target[held["test_rows"].numpy()].tolist()


def test_labels_are_noisy_where_that_is_asked_for_and_never_on_the_test_part(made):
    run, found, _ = made
    (scenario,) = found.scenarios
    assert (scenario.kind, scenario.share) == ("noise", 0.5)
    outcomes, table = kept(run.places), load_table(run.own.task.data)
    for trial, outcome in outcomes.items():
        held = outcome.kept()
        valid = table.target[held["valid_rows"].numpy()]
        assert (held["valid_target"].numpy() == valid).all() == (not trial.task.label_noise)
    errors, clean = (picked(*figures(run, setting), [0]).mean() for setting in run.settings[::-1])
    assert scenario.comparison.erm.error is not None
    assert scenario.comparison.erm.error.mean == pytest.approx(errors)
    assert errors != clean


def test_a_second_call_trains_nothing_and_says_the_same(made, wine):
    run, found, out = made
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/outcome.json") if path.parent.name != "model"}
    again = begun(wine, out, run.asked, processes=2)
    second = finished(again, processes=2)
    assert before == {path: path.stat().st_mtime_ns for path in before}
    assert second.document() | {"seconds": 0} == found.document() | {"seconds": 0}


def test_the_net_that_is_left_answers_for_rows_of_a_file(made, tmp_path):
    _, _, out = made
    x, _ = load_wine(return_X_y=True)
    new = table(
        tmp_path / "new.csv", pl.DataFrame({f"x{i}": x[::9, i] for i in (3, 1, 0, 2)} | {"id": range(len(x[::9]))})
    )
    answers = predict_table(out / "model", new)
    assert set(answers.answers) <= {"red", "white", "rosé"}
    assert answers.probability is not None
    assert ((answers.probability >= 1 / 3) & (answers.probability <= 1)).all()
    assert [row["id"] for row in answers.rows(("id",))] == [str(i) for i in range(len(x[::9]))]
    with pytest.raises(InputError, match=r'^no column of new.csv is called "ids"; did you mean "id"\?'):
        answers.rows(("ids",))


def test_baselines_stand_outside_the_verdict(made):
    _, found, _ = made
    names = [row.method for row in found.baselines]
    assert names == ["majority class", "logistic regression", "HistGradientBoosting"]
    assert all(row.gain is None and not row.judged for row in found.baselines)
    assert found.baselines[0].error is not None
    assert found.baselines[0].error.mean == pytest.approx(60, abs=3)  # 71 of 178 are of the commonest class


def test_numbers_are_compared_by_their_rmse_in_their_own_unit():
    x, y = load_diabetes(return_X_y=True)
    found = vicinal.compare((x[:200], y[:200]), also=["cmixup(0.2)"], **SMALL)
    assert (found.metric.name, found.data.task) == ("RMSE", "regression")
    assert found.erm.error is not None
    assert 30 < found.erm.error.mean < 250
    assert found.erm.nll is None
    assert [row.method for row in found.baselines] == ["mean", "ridge regression", "HistGradientBoosting"]


def test_a_frame_gives_what_its_file_gives(wine, made):
    _, found, _ = made
    frame = pl.read_csv(wine)
    other = vicinal.compare(frame, "kind", alphas=(0.2, 1.0), epochs=1, splits=3, jobs=2, net="mlp-16")
    assert other.erm == found.erm
    assert other.gain == found.gain


def test_a_score_of_scikit_learn_is_compared_higher_is_better(wine):
    found = vicinal.compare(wine, metric="balanced_accuracy", **SMALL)
    assert not found.metric.lower_is_better
    assert found.erm.error is not None
    assert 0.2 < found.erm.error.mean <= 1
    assert found.rows[0].error is not None
    assert found.rows[0].gain is not None


def test_a_given_time_keeps_the_test_part_and_the_interval_is_a_bootstrap(wine, tmp_path):
    frame = pl.read_csv(wine).with_columns(pl.Series("day", np.random.default_rng(0).permutation(178)))
    found = vicinal.compare(table(tmp_path / "days.csv", frame), "kind", time="day", **SMALL)
    assert found.bootstrap
    assert found.repetition == "seed"
    assert any(each.startswith("The latest rows are the test part, so there are no splits") for each in found.also)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"margin": -1.0}, "margin must be a number > 0, got -1."),
        ({"metric": "acc"}, 'no metric is called "acc"'),
        ({"target": "knd"}, 'did you mean "kind"?'),
        (
            {"target": "x1", "noise": (0.2,), "task": "regression"},
            "noise must be left out where a number is predicted",
        ),
    ],
)
def test_what_does_not_go_together_is_told_in_one_sentence(wine, tmp_path, asked, sentence):
    with pytest.raises(InputError) as caught:
        vicinal.compare(wine, out=tmp_path, **(SMALL | asked))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_interrupt_before_any_net_has_finished_says_so(wine, tmp_path, monkeypatch, capsys):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("vicinal.studies._compare.study", interrupted)
    begins = begun(wine, tmp_path, Asked(alphas=(0.2,), epochs=1, splits=2, net="mlp-16"), processes=1)
    with pytest.raises(KeyboardInterrupt, match=r"^before any net had finished; the same command begins anew$"):
        finished(begins, processes=1)
    words = ["compare", str(wine), "--epochs", "1", "--splits", "2", "--net", "mlp-16", "--out", str(tmp_path)]
    assert cli.run(words) == 75
    assert capsys.readouterr().err == ("vicinal: stopped before any net had finished; the same command begins anew.\n")


def test_who_always_says_the_commonest_class_of_photos_is_scikit_learns_dummy(photos, tmp_path):
    mine = own(photos, tmp_path)
    ((name, figures),), _ = commonest(mine, range(3), score(None, regression=False))
    assert name == "majority class"
    for seed, figure in enumerate(figures):
        of = mine.targets(seed)
        x = {part: np.zeros((len(each), 1)) for part, each in of.items()}
        dummy = DummyClassifier(strategy="most_frequent").fit(x["train"], of["train"])
        assert figure == pytest.approx(100 * (1 - dummy.score(x["test"], of["test"])))


def test_what_does_not_fit_the_budget_is_sampled_and_said(tmp_path):
    x, y = load_iris(return_X_y=True)
    many = (np.repeat(x, 40, axis=0) + np.random.default_rng(0).normal(0, 0.1, (6000, 4)), np.repeat(y, 40))
    run = begun(many, tmp_path, Asked(alphas=(0.2,), splits=3, minutes=0.08), processes=2)
    assert run.budget.rows is not None
    assert run.own.trained == pytest.approx(run.budget.rows, abs=3)
    assert run.own.tested / run.own.trained == pytest.approx(0.25 / 0.6, abs=0.01)
    assert "a sample" in run.plan
    again = begun(many, tmp_path, run.asked, processes=1)
    assert again.places == run.places


def test_the_net_that_is_kept_of_a_sample_was_trained_on_all_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(Clock, "step", lambda _, replicas: replicas / 16)
    x = np.random.default_rng(0).normal(size=(4000, 3))
    data, options = (x, x[:, 0] > 0), {"alphas": (0.2,), "epochs": 1, "splits": 3, "net": "mlp-4"}
    found = vicinal.compare(data, out=tmp_path, jobs=2, minutes=1, **options)
    assert found.data.rows < 3000
    assert any("A sample of" in note for note in found.data.notes)
    kept_of = json.loads((tmp_path / "model" / "outcome.json").read_text(encoding="utf-8"))
    assert kept_of["figures"]["rows_train"] == 4000
    run = begun(data, tmp_path, Asked(**options, minutes=1), processes=2)
    assert (run.own.told.rows, learned_from(run.whole)) == (found.data.rows, "all 4,000 rows")


def stamps(out: Path) -> dict[str, int]:
    return {path.parent.name: path.stat().st_mtime_ns for path in out.glob("*/outcome.json")}


@pytest.fixture
def copied(made, wine, tmp_path) -> Run:
    """Give a finished comparison, begun again in a folder that may be changed."""
    run, _, out = made
    shutil.copytree(out, tmp_path / "out")
    return begun(wine, tmp_path / "out", run.asked, processes=1)


def test_a_fresh_comparison_that_is_interrupted_is_partial_and_shows_nothing_of_before(copied, in_this_process):
    jobs, before = in_this_process(trains=True), stamps(copied.out)
    assert net_in(copied.out) != copied.out

    def interrupt(done: float, text: str) -> None:
        raise KeyboardInterrupt

    found = finished(copied, processes=1, fresh=True, progress=interrupt)
    assert found.partial
    assert found.sentence.startswith("partial, 3 of 3 splits, without Gaussian σ=0.1, dropout 0.2: ")
    (job,) = jobs
    assert set(kept(copied.places)) == set(job.trials)
    assert not stamps(copied.out).items() & before.items()
    assert net_in(copied.out) == copied.out


def test_an_interrupt_of_the_other_learners_is_heeded_too(copied, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vicinal.studies._compare.baselines", interrupted)
    found = finished(copied, processes=1)
    assert (found.partial, found.baselines) == (True, ())
    assert len(kept(copied.places)) == len(copied.places)


def test_answers_that_cannot_be_scored_are_left_out_and_told(copied):
    """Of one net whose answers the metric refuses, as those of a logarithm are below 0; then of all."""
    plain = copied.settings[0].tasks[0]
    place = next(p for t, p in copied.places.items() if (t.task, t.vicinity, t.seed) == (plain, "Mixup(alpha=1.0)", 1))
    outcome = next(outcome for outcome in kept(copied.places).values() if outcome.folder == place)
    refused = {outcome.kept()["test_answers_2"].numpy().tobytes()}

    def figure(answers: Any, target: Any) -> float:
        if not refused or answers.tobytes() in refused:
            raise InputError("it cannot.")
        return copied.score.figure(answers, target)

    found = finished(replace(copied, score=replace(copied.score, figure=figure)), processes=1)
    assert found.failures == ("1 net could not be scored: it cannot.",)
    assert found.splits == 3
    assert [row.method for row in found.rows if row.error is None] == ["mixup α=1"]
    refused.clear()
    with pytest.raises(InputError, match=r"^nothing can be compared: 15 nets could not be scored: it cannot\.$"):
        finished(replace(copied, score=replace(copied.score, figure=figure)), processes=1)


@pytest.mark.parametrize(("fresh", "same"), [(False, "the same call"), (True, "the same call without fresh")])
def test_a_net_to_keep_that_is_interrupted_takes_no_answer_along(made, wine, tmp_path, monkeypatch, fresh, same):
    _, before, out = made
    shutil.copytree(out, tmp_path / "out")
    seen: list[bool] = []

    def interrupted(*_: object, **__: object) -> str:
        seen.append((tmp_path / "out" / "comparison.html").is_file())
        raise KeyboardInterrupt

    monkeypatch.setattr("vicinal._compare.refit", interrupted)
    monkeypatch.setattr("vicinal._compare.finished", lambda *_, **__: before)
    found = vicinal.compare(wine, out=tmp_path / "out", fresh=fresh, **SMALL)
    assert seen == [True]
    assert found.verdict == before.verdict
    assert found.failures == (f"The net that is kept was interrupted; {same} goes on from there.",)
    assert "was interrupted" in (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")


def test_nets_of_a_smaller_share_of_the_rows_have_less_in_common(tmp_path):
    """Which is why the correction for overlapping splits, made for the whole part, is on the safe side for them."""
    x = np.random.default_rng(0).normal(size=(400, 3))
    mine = own((x, x[:, 0] > 0), tmp_path)
    assert mine.table is not None
    shared = []
    for rows in (None, mine.trained // 2, mine.trained // 10):
        parts = [mine.table.parts(seed=seed, rows=rows) for seed in range(12)]
        pairs = [(a, b) for at, a in enumerate(parts) for b in parts[:at]]
        shared.append([
            np.mean([len(np.intersect1d(getattr(a, name), getattr(b, name))) / len(getattr(a, name)) for a, b in pairs])
            for name in ("rows_train", "rows_test")
        ])  # fmt: skip
    trained, tested = zip(*shared, strict=True)
    assert trained[0] > 1.5 * trained[1] > 2 * trained[2]
    assert len(set(tested)) == 1
    assert tested[0] / (1 - tested[0]) < mine.overlap()
