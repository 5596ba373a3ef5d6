"""A shorter form of `kills`, see there."""

import sys

import pytest

from tests.campaign import kills

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs fork"),
    # Forked before any thread of ours runs.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded"),
]


def test_nothing_is_lost_or_doubled_by_kills(url, tmp_path):
    kills.create(url).close()
    killing = kills.Kills(url)
    killing.run(8)
    last, n_asked = kills.state_of(url)
    asked, rows = kills.check(url, killing)
    assert killing.acknowledged
    other = str(tmp_path / "other.db")
    assert asked == kills.uninterrupted(other, rows, last, n_asked)


def test_a_lost_answer_would_be_noticed(tmp_path):
    url = str(tmp_path / "votes.db")
    kills.create(url).close()
    killing = kills.Kills(url)
    killing.acknowledged.append((0, "nobody"))
    with pytest.raises(AssertionError, match="1 answers were lost"):
        kills.check(url, killing)
