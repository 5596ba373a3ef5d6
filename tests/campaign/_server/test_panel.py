"""The numbers and curves beside the items, against the answers they are made of."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import sqlalchemy as sa
from sklearn.naive_bayes import GaussianNB

from skbal.campaign import Campaign, make_app
from skbal.campaign._server._charts import (
    calibration_chart,
    curve_chart,
    pace_chart,
)
from skbal.campaign._server._kept import Kept
from skbal.campaign._server._keys import keys_of
from skbal.campaign._server._panel import calibration_bins, panel_of
from skbal.campaign._tables import prediction
from skbal.query import MaxEntropy
from tests.campaign.asgi_client import Client

HOUR = 3600.0


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """Give a campaign in which three people answer, and a model learns twice."""
    path = tmp_path_factory.mktemp("panel") / "votes.db"
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    X = rng.normal(size=(40, 2)) + 1.5 * y[:, None]
    Campaign.create(
        path,
        X,
        ["a", "b"],
        estimator=GaussianNB(),
        query_strategy=MaxEntropy(),
        min_votes=3,
        enhanced=0.0,
    ).close()
    with Campaign.open(path, clock=Clock()) as campaign:
        for hours_ago, who in ((3.0, "ann"), (1.5, "ben"), (0.1, "cy")):
            campaign.clock.now = 1_000_000.0 - hours_ago * HOUR
            for item in campaign.ask(24, who):
                right = "ab"[y[item.id]] if rng.random() < 0.8 else "a"
                campaign.tell(item.id, right, who)
            if who != "cy":
                campaign.retrain()
        campaign.clock.now = 1_000_000.0
        yield campaign


def test_agreement_is_the_mean_share_of_the_leading_answer(worked):
    frame = worked.answers()
    shares = [
        part.value_counts().max() / len(part)
        for _, part in frame.groupby("item")["answer"]
        if len(part) >= 2
    ]
    assert len(shares) > 5
    assert panel_of(worked)["agreement"] == pytest.approx(np.mean(shares))


def test_pace_counts_answers_in_ten_minutes(worked):
    panel = panel_of(worked)
    # 1.5 hours are nine times ten minutes, so the tenth bar from the end.
    expected = [0] * 12
    expected[-10], expected[-1] = 24, 24
    assert panel["pace"] == expected
    assert panel["last_hour"] == 24


def test_information_per_hour_is_the_sum_of_scores_since_the_model(worked):
    scores = worked.store.read(
        lambda c: dict(
            map(tuple, c.execute(sa.select(prediction.c.item_id, prediction.c.score)))
        )
    )
    frame = worked.answers()
    last = frame[frame["annotator"] == "cy"]["item"]  # in the last hour
    expected = sum(scores[number] or 0.0 for number in last)
    assert expected > 1
    # The newest model was trained one and a half hours ago.
    assert panel_of(worked)["information_per_hour"] == pytest.approx(expected)


def test_history_has_the_models_whose_score_is_known(worked):
    expected = [(r.n_labels, r.score) for r in worked.history() if r.score == r.score]
    assert panel_of(worked)["history"] == expected
    assert len(expected) == 2


def test_calibration_compares_the_newest_model_with_later_answers(worked):
    # The answers of cy came after the newest model.
    frame = worked.answers()
    later = frame[frame["annotator"] == "cy"]
    query = sa.select(prediction.c.item_id, prediction.c.shares)
    rows = worked.store.read(lambda c: c.execute(query).all())
    means = {row.item_id: json.loads(row.shares)["mean"] for row in rows}
    pairs = sorted(
        (max(means[item]), "ab"[int(np.argmax(means[item]))] == said)
        for item, said in zip(later["item"], later["answer"])
    )
    found = panel_of(worked)["calibration"]
    assert [n for *_, n in found] == [6, 6, 6, 6]  # of 24, at least 5 each
    # Bins of equally many, of which only the sums do not depend on ties.
    assert sum(p * n for p, _, n in found) == pytest.approx(sum(p for p, _ in pairs))
    assert sum(r * n for _, r, n in found) == pytest.approx(sum(r for _, r in pairs))
    assert found[0][0] == pytest.approx(np.mean([p for p, _ in pairs[:6]]))


def test_bins_of_few_predictions():
    assert calibration_bins([0.5] * 4, [True] * 4) == []
    assert calibration_bins([0.9, 0.5, 0.7, 0.6, 0.8], [1, 0, 1, 0, 1]) == [
        (pytest.approx(0.7), pytest.approx(0.6), 5)
    ]


def test_the_panel_draws_all_three_charts_in_words_too(worked):
    client = Client(make_app(worked))
    text = client.get("/panel").text
    assert text.count('role="img"') == 3
    assert "<dd>72</dd>" in text  # answers so far
    assert "Answers in each ten minutes of the last two hours: at most 24" in text
    status = client.get("/api/status").json
    assert status["status"]["n_answers"] == 72
    assert [p["name"] for p in status["status"]["people"]] == ["ann", "ben", "cy"]


def test_a_campaign_without_answers_has_a_panel(tmp_path):
    with Campaign.create(tmp_path / "votes.db", ["x"], ["a", "b"]) as campaign:
        panel = panel_of(campaign)
        text = Client(make_app(campaign)).get("/panel").text
    assert (panel["agreement"], panel["history"], panel["calibration"]) == (
        None,
        [],
        [],
    )
    assert "<svg" not in text


def test_a_curve_begins_left_and_ends_right():
    chart = curve_chart([(10, 0.6), (30, 0.9), (50, 0.8)])
    # The box is 34 to 272 wide; 30 is in the middle of 10 and 50.
    assert [x for x, _ in chart["points"]] == [34.0, 153.0, 272.0]
    assert [text for _, text in chart["y_ticks"]] == ["0.6", "0.7", "0.8", "0.9"]
    assert [y for _, y in chart["points"]] == [100.0, 8.0, pytest.approx(38.7)]
    assert "80% of cases after 50" in chart["words"]


def test_equal_scores_make_a_curve():
    for score in (0.0, 0.5, 1.0):
        chart = curve_chart([(10, score), (20, score)])
        assert len(chart["y_ticks"]) >= 2
        assert all(8.0 <= y <= 100.0 for _, y in chart["points"])
    assert curve_chart([(10, 0.5)])["points"][0][0] == 34.0


def test_charts_without_numbers_are_none():
    assert curve_chart([]) is calibration_chart([]) is pace_chart([0, 0]) is None


def test_words_about_calibration():
    often = calibration_chart([(0.6, 0.8, 10)])["words"]
    assert "right 20% more often than it expected" in often
    assert "30% less often" in calibration_chart([(0.9, 0.6, 10)])["words"]
    even = calibration_chart([(0.5, 0.6, 10), (0.9, 0.8, 10)])
    assert "as often as it expected" in even["words"]
    assert even["diagonal"] == (34.0, 100.0, 272.0, 8.0)


def test_bars_stand_on_the_axis():
    bars = pace_chart([0, 2, 4])["bars"]
    assert [round(top + height, 1) for _, top, _, height in bars] == [100.0] * 3
    assert [height for *_, height in bars] == [0.0, 46.0, 92.0]


def test_keys_differ_and_do_nothing_else():
    for n in (2, 9, 10, 30, 50):
        keys = [key for key in keys_of([f"answer {i}" for i in range(n)]) if key]
        assert len(set(keys)) == len(keys) == min(n, 30)
        assert not set(keys) & set("0?sufi+-=/")
    assert keys_of(range(10)) == list("0123456789")
    assert keys_of(["1", "2", "many"]) == ["1", "2", "3"]


def test_while_one_thread_computes_others_have_the_result_of_before():
    clock, is_slow, may_go_on = Clock(), threading.Event(), threading.Event()
    results = iter(["first", "second"])

    def compute():
        if clock.now > Clock.now:
            is_slow.set()
            assert may_go_on.wait(30)
        return next(results)

    kept = Kept(compute, clock=clock)
    assert kept.get() == "first"
    clock.now += 9
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(kept.get)
        assert is_slow.wait(30)
        assert kept.get() == "first"
        may_go_on.set()
        assert slow.result() == "second"
    assert kept.get() == "second"


def test_a_result_is_kept_ten_times_as_long_as_it_took():
    clock = Clock()
    results = iter(range(9))

    def slow():
        clock.now += 1.0
        return next(results)

    kept = Kept(slow, seconds=2.0, clock=clock)
    assert kept.get() == 0
    clock.now += 9.9
    assert kept.get() == 0
    clock.now += 0.2
    assert kept.get() == 1
