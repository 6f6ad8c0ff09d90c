"""A study in shares, by the command line: a share says that it is one, and the report tells of the whole."""

import pytest

ONE_OF = "--shard must be K/N, the K-th of N shares, K from 1 to N, got "
ALONE = "--ray must be followed by HOST:PORT, or by nothing, behind the names of what is asked for, got "


@pytest.mark.parametrize("share", ["0/2", "3/2", "x", "1", "1/0", "-1/2", "1/2/3", "1.0/2", ""])
def test_a_share_that_is_none_is_told_in_one_sentence(called, share):
    assert called("reproduce", "tabular", f"--shard={share}") == (2, "", f'vicinal: {ONE_OF}"{share}".\n')


@pytest.mark.parametrize("word", ["tabular", "10.0.0.1", "ray://head:10001", "head:port"])
def test_an_address_that_is_none_is_told_in_one_sentence(called, word):
    assert called("reproduce", "--ray", word) == (2, "", f'vicinal: {ALONE}"{word}".\n')


def test_an_address_may_be_left_out_and_what_else_is_wrong_is_told(called):
    told = 'vicinal: --jobs must be an integer ≥ 1, got "x".\n'
    assert called("reproduce", "tabular", "--ray", "--jobs", "x") == (2, "", told)
    assert called("reproduce", "tabular", "--jobs", "x", "--ray") == (2, "", told)


def test_dry_runs_of_all_shares_list_the_whole(called):
    def listed(*words: str) -> list[str]:
        status, out, told = called("reproduce", "decision-boundary", "corrupted-labels", "--dry-run", *words)
        assert (status, told) == (0, "")
        return [line for line in out.splitlines() if " epochs · " in line]

    def trials(lines: list[str]) -> dict[str, int]:
        """Return the number of seeds of each line that tells of some."""
        return {name: int(seeds.split()[0]) for name, _, seeds in (line.rpartition(" · ") for line in lines)}

    whole, shares = trials(listed()), [trials(listed("--shard", f"{number}/2")) for number in (1, 2)]
    assert {name: sum(share.get(name, 0) for share in shares) for name in whole} == whole


def test_a_share_says_that_it_is_one_and_the_report_tells_of_the_whole(called, tmp_path):
    """Takes six seconds: four processes are started, one after the other."""
    command = ["reproduce", "decision-boundary", "--seeds", "1", "--jobs", "1"]
    status, out, _ = called(*command, "--shard", "1/2")
    assert status == 0
    assert "shard 1/2 alone · smoke scale" in " ".join(out.split())
    assert "1 trial has not been run yet" in out
    assert "This was shard 1/2; once all have ended, vicinal report runs tells of the whole." in out
    assert "shard 1/2 alone" in (tmp_path / "runs" / "report.html").read_text()
    assert called(*command, "--shard", "2/2")[0] == 0
    status, out, _ = called("report", "runs")
    assert status == 0
    assert "shard" not in out
    assert "not been run yet" not in out
    assert "shard" not in (tmp_path / "runs" / "report.html").read_text()
