"""Nobody is in two parts: the authors' rule against their own lists, copies, groups."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicinal.data._apart import copies, divide, joined, judged_once, part_of, speaker_of
from vicinal.data._find import named
from vicinal.data._sound_origin import LISTS, lists_of, version_of


@pytest.mark.parametrize(
    ("path", "speaker"),
    [
        ("bed/62581901_nohash_0.wav", "62581901"),
        ("_unknown_/backward_0cb74144_nohash_2.wav.wav", "0cb74144"),
        ("anna_nohash_12.flac", "anna"),
        ("_silence_/1250.wav", None),
        ("_background_noise_/pink_noise.wav", None),
    ],
)
def test_the_speaker_is_what_stands_in_front_of_nohash(path, speaker):
    assert speaker_of(path) == speaker


@pytest.mark.real_data("speech-commands-v1")
def test_the_rule_gives_the_authors_lists():
    """All 13,633 names of version 0.01 that its lists hold, whether the clips are here or not."""
    places = [place for _, folder in named() for place in (folder, *folder.iterdir()) if place.is_dir()]
    place = next(p for p in places if version_of(p, [f.name for f in p.iterdir()]) == "0.01")
    lists = lists_of(place)
    assert Counter(lists.values()) == {"test": 6_835, "valid": 6_798}
    assert all(part_of(path) == part for path, part in lists.items())
    clips = [f"{word.name}/{clip.name}" for word in place.iterdir() if word.is_dir() for clip in word.iterdir()]
    assert all(lists.get(path, "train") == part_of(path) for path in clips)


def test_the_rule_puts_a_tenth_into_each_of_two_parts():
    found = Counter(part_of(f"yes/{number:08x}_nohash_0.wav") for number in range(20_000))
    for part, share in (("train", 0.8), ("valid", 0.1), ("test", 0.1)):
        assert found[part] == pytest.approx(20_000 * share, abs=5 * (20_000 * share * (1 - share)) ** 0.5)
    assert part_of("yes/00000001_nohash_0.wav") == part_of("no/00000001_nohash_7.wav")


def test_lists_count_where_both_are_there(tmp_path):
    (tmp_path / "validation_list.txt").write_text("a/1.wav\n\n")
    assert lists_of(tmp_path) == {}
    (tmp_path / "testing_list.txt").write_text("a/2.wav\nb/1.wav")
    assert lists_of(tmp_path) == {"a/1.wav": "valid", "a/2.wav": "test", "b/1.wav": "test"}
    assert set(LISTS) == {"validation_list.txt", "testing_list.txt"}


def test_copies_are_known_by_their_samples():
    waves = np.random.default_rng(0).integers(-9, 9, (6, 50)).astype(np.int16)
    waves[[2, 5]] = waves[1]
    assert copies(waves).tolist() == [0, 1, 1, 3, 4, 1]


def test_a_copy_stays_where_it_judges():
    parts = ("train", "test", "train", "valid", "valid", "train", "train")
    same = np.array([0, 1, 1, 1, 4, 4, 0])
    assert judged_once(parts, same).tolist() == [True, True, False, False, True, False, True]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=2, max_size=60), st.integers(0, 99))
def test_groups_are_tested_on_whole_and_both_parts_have_one(rows, seed):
    target, groups = (np.array(column) for column in zip(*rows, strict=True))
    tested = divide(target, groups, share=0.25, random=np.random.default_rng(seed))
    assert set(groups[tested]).isdisjoint(groups[~tested])
    if len(set(groups)) > 1:
        assert 0 < tested.sum() < len(rows)


@pytest.mark.parametrize("seed", range(5))
def test_of_every_class_about_its_share_is_tested_on(seed):
    random = np.random.default_rng(seed)
    target, groups = random.integers(0, 4, 2_000), random.integers(0, 100, 2_000)
    tested = divide(target, groups, share=0.25, random=random)
    for label in range(4):
        assert tested[target == label].mean() == pytest.approx(0.25, abs=0.05)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30))
def test_what_has_anything_in_common_is_in_one_group(rows):
    """As the connected parts of a graph are found one by one."""
    one, two = [row[0] for row in rows], [row[1] for row in rows]
    expected = list(range(len(rows)))
    for _ in rows:
        for i in range(len(rows)):
            for j in range(len(rows)):
                if one[i] == one[j] or two[i] == two[j]:
                    expected[i] = expected[j] = min(expected[i], expected[j])
    assert joined(one, two).tolist() == expected
