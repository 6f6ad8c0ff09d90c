"""A film: sound SVG whose frames are the samples, and which stands still for those who want it to."""

import dataclasses
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from vicinal.experiments import Film, Results, Sampled, Stages
from vicinal.report import page, write_figures
from vicinal.report._film import STYLE, film
from vicinal.report._page import drawings

HOSTILE = '<script>alert(1)</script>"&'
SVG = "{http://www.w3.org/2000/svg}"


def moving(frames: int = 5, methods: tuple[str, ...] = ("ERM", "mixup α=0.2", "mixup α=1")) -> Film:
    random = np.random.default_rng(1)
    rows = tuple(Sampled(name, random.normal(size=(frames, 9, 2)).astype(np.float32)) for name in methods)
    real = random.normal(size=(11, 2)).astype(np.float32)
    return Film(Stages("Ring", tuple(10 * step for step in range(1, frames + 1)), rows, real, (-2, 2, -2, 2), "moves"))


def read(picture: Film) -> ET.Element:
    return ET.fromstring(film(picture, prefix="f", title="title", description="words", style=STYLE))


def places(form: str) -> np.ndarray:
    assert re.fullmatch(r"(M-?\d+ -?\d+h1)*", form)
    return np.array(re.findall(r"M(-?\d+) (-?\d+)", form), dtype=float)


def expected(points: np.ndarray) -> np.ndarray:
    """Return points of the plane from -2 to 2 in a panel of 500 units from its upper left corner."""
    return np.stack([125 * (points[:, 0] + 2), 125 * (2 - points[:, 1])], axis=1)


def test_every_frame_is_the_samples_of_its_step() -> None:
    picture = moving()
    panels = read(picture).findall(f"{SVG}svg")
    assert len(panels) == 3
    for panel, row in zip(panels, picture.stages.rows, strict=True):
        real, still, moves = panel.findall(f"{SVG}path")
        assert np.abs(places(real.attrib["d"]) - expected(picture.stages.real)).max() <= 0.5
        assert np.abs(places(still.attrib["d"]) - expected(row.samples[-1])).max() <= 0.5
        (animation,) = moves.findall(f"{SVG}animate")
        frames = animation.attrib["values"].split(";")
        for frame, points in zip(frames[:-1], row.samples, strict=True):
            assert np.abs(places(frame) - expected(points)).max() <= 0.5
        assert frames[-1] == frames[-2]  # it rests on the last one
        times = [float(time) for time in animation.attrib["keyTimes"].split(";")]
        assert len(times) == len(frames)
        assert (times[0], times[-1]) == (0, 1)
        assert times == sorted(set(times))
        assert animation.attrib["repeatCount"] == "indefinite"


def test_each_step_is_named_in_its_turn() -> None:
    root = read(moving(frames=3))
    counters = [text for text in root.findall(f"{SVG}text") if text.attrib.get("class") == "film-moving"]
    assert ["".join(text.itertext()) for text in counters] == ["step 10", "step 20", "step 30"]
    turns = np.array([text[0].attrib["values"].split(";") for text in counters], dtype=int)
    assert turns.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]]


def test_many_frames_are_thinned_with_the_first_and_the_last_among_them() -> None:
    root = read(moving(frames=131))
    animation = root.find(f".//{SVG}animate[@attributeName='d']")
    assert animation is not None
    assert len(animation.attrib["values"].split(";")) == 41
    said = ["".join(text.itertext()) for text in root.findall(f"{SVG}text")]
    assert {"step 10", "step 1,310"} <= set(said)


def test_one_frame_is_a_film_too() -> None:
    animation = read(moving(frames=1)).find(f".//{SVG}animate[@attributeName='d']")
    assert animation is not None
    assert animation.attrib["keyTimes"] == "0;1"


def test_points_far_away_and_those_that_are_none_do_no_harm() -> None:
    picture = moving(frames=2)
    picture.stages.rows[0].samples[0, :2] = [[1e30, -1e30], [np.nan, np.inf]]
    assert len(read(picture).findall(f"{SVG}svg")) == 3


def test_whoever_wants_no_motion_sees_the_last_step() -> None:
    root = read(moving())
    assert "prefers-reduced-motion" in STYLE
    for panel in root.findall(f"{SVG}svg"):
        assert [path.attrib.get("class") for path in panel.findall(f"{SVG}path")] == [None, "film-still", "film-moving"]


def test_words_from_outside_are_words() -> None:
    text = film(moving(methods=(HOSTILE,)), prefix="f", title=HOSTILE, description=HOSTILE)
    assert "<script" not in text
    root = ET.fromstring(text)
    assert [root.findtext(f"{SVG}{tag}") for tag in ("title", "desc")] == [HOSTILE, HOSTILE]


def with_film(results: Results) -> Results:
    first = dataclasses.replace(results.experiments[0], pictures=(moving(),))
    return dataclasses.replace(results, experiments=(first,), opening=None)


def test_the_page_shows_it_once_without_a_script(results: Results) -> None:
    source = page(with_film(results))
    assert source.count('class="film-moving" stroke') == 3
    assert set(drawings(moving(), "f", "t")) == {"film"}
    assert "<script" not in source
    assert "<style></style>" not in source


def test_it_is_written_as_an_animated_svg(results: Results, tmp_path: Path) -> None:
    (file,) = write_figures(with_film(results), tmp_path)
    assert file.suffix == ".svg"
    assert ET.fromstring(file.read_text(encoding="utf-8")).find(f".//{SVG}animate") is not None
