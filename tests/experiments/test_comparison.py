"""A comparison against differences worked out by hand."""

import json

import numpy as np
import pytest

from skbal.experiments import Comparison
from skbal.experiments._intervals import mean_interval
from skbal.loop import History, Record
from tests._utils.html import read_table
from tests.experiments.runs import flat, history

BASE = [0.5, 0.6, 0.4, 0.55, 0.45]
GAINS = np.array([0.1, 0.12, 0.08, 0.11, 0.09])
NOISE = np.array([0.1, -0.1, 0.02, -0.05, 0.04])


def comparison(**settings):
    return Comparison(
        {
            "Good": flat(*(BASE + GAINS)),
            "Bad": flat(*(BASE - GAINS)),
            "Same": flat(*(BASE + NOISE)),
            "Random": flat(*BASE),
        },
        **settings,
    )


def test_differences_are_paired():
    found = comparison()
    assert list(found.differences) == ["Good", "Bad", "Same"]
    np.testing.assert_allclose(found.differences["Good"].values, GAINS)
    np.testing.assert_allclose(found.differences["Bad"].values, -GAINS)
    assert found.differences["Good"].mean == pytest.approx(0.1)


def test_words_say_what_the_intervals_say():
    found = comparison()
    assert found.verdicts == {
        "Good": "better than random",
        "Bad": "worse than random",
        "Same": "not distinguishable on 5 repeats",
    }
    assert found.differences["Good"].low > 0 > found.differences["Bad"].high
    assert found.differences["Same"].low < 0 < found.differences["Same"].high


@pytest.mark.parametrize(("simultaneous", "level"), [(True, 1 - 0.1 / 3), (False, 0.9)])
def test_intervals_hold_together_or_each_for_itself(simultaneous, level):
    found = comparison(confidence=0.9, simultaneous=simultaneous).differences["Same"]
    expected = mean_interval(NOISE, level, 9999, seed=0)
    np.testing.assert_allclose((found.low, found.high), expected)


def test_areas_are_taken_where_all_runs_have_labels():
    found = Comparison(
        {
            "BALD": [history([0.0, 0.4, 0.8], [10, 20, 30])],
            "Random": [history([0.2, 0.4, 9.0], [15, 25, 50])],
        }
    )
    assert found.label_range == (15, 30)
    # BALD: from .2 at 15 by .4 at 20 to .8 at 30; Random: .2, .4 at 25, 2.12 at 30.
    bald = (0.3 * 5 + 0.6 * 10) / 15
    random = (0.3 * 10 + (0.4 + 2.12) / 2 * 5) / 15
    np.testing.assert_allclose(found.areas["BALD"], [bald])
    np.testing.assert_allclose(found.areas["Random"], [random])


def test_runs_without_common_labels_cannot_be_compared():
    found = Comparison(
        {"A": [history([0.1], [10])], "B": [history([0.1], [20])]}, reference="B"
    )
    with pytest.raises(ValueError, match="in common, but one begins with 20 and anoth"):
        found.areas  # noqa: B018


def test_the_area_may_be_that_of_a_part_or_a_single_score():
    runs = {
        "A": [history([0.1, 0.5, 0.9]), history([0.1, 0.6, 0.8])],
        "Random": [history([0.1, 0.1, 0.1]), history([0.2, 0.2, 0.2])],
    }
    part = Comparison(runs, label_range=(30, 40))
    np.testing.assert_allclose(part.areas["A"], [0.7, 0.7])
    last = Comparison(runs, label_range=[30, 30])
    np.testing.assert_allclose(last.differences["A"].values, [0.4, 0.4])
    assert last.summary().startswith("Score at 30 labels, mean of 2 paired repeats")
    again = Comparison.from_records(last.to_records())
    assert again.label_range == (30, 30)


def test_names_are_strings_as_in_a_file():
    with pytest.raises(TypeError, match=r"strings as names, got 0\.5"):
        Comparison({0.5: flat(0.1), "Random": flat(0.2)})


@pytest.mark.parametrize("label_range", [(10, 30), (25, 31)])
def test_a_range_outside_the_runs_is_named(label_range):
    found = Comparison({"A": flat(0.1), "Random": flat(0.2)}, label_range=label_range)
    with pytest.raises(ValueError, match=r"label_range .* from 20 to 30, got"):
        found.areas  # noqa: B018


def test_a_range_from_its_end_to_its_beginning_is_refused_at_once():
    with pytest.raises(ValueError, match=r"label_range .* begin before it ends"):
        Comparison({"A": flat(0.1), "Random": flat(0.2)}, label_range=(30, 20))


def test_one_repeat_is_told_to_tell_nothing():
    found = Comparison({"A": flat(0.9), "Random": flat(0.5)})
    assert found.verdicts == {"A": "not known: 1 repeat tells no scatter"}
    assert "mean of 1 paired repeat\n" in str(found)


@pytest.mark.parametrize("gain", [0.0, 0.2])
def test_copies_of_one_run_tell_nothing(gain):
    found = Comparison({"A": flat(*[0.3 + gain] * 4), "Random": flat(*[0.3] * 4)})
    assert found.differences["A"].mean == pytest.approx(gain)
    assert found.verdicts == {"A": "not distinguishable on 4 repeats"}
    assert " - " in str(found)


def test_a_missing_score_is_said_and_loses_no_run():
    broken = [history([0.5, np.nan]), *flat(0.6)]
    found = Comparison({"A": broken, "B": flat(0.7, 0.8), "Random": flat(0.5, 0.55)})
    assert found.verdicts["A"] == "not known: a score is nan or infinite"
    assert found.verdicts["B"].startswith("not distinguishable")


@pytest.mark.filterwarnings("error")
def test_infinite_scores_are_said_to_be_no_difference():
    low = [history([0.5, -np.inf]), history([0.5, -np.inf])]
    found = Comparison({"A": flat(0.6, 0.7), "B": list(low), "Random": low})
    for name in "AB":
        assert found.verdicts[name] == "not known: a score is nan or infinite"
    assert found.summary()


def test_labels_that_were_not_enough_are_counted_to_the_end_of_the_runs():
    short = [history([0.5, 0.8]), history([0.5, 0.6]), history([0.1, 0.7])]
    found = Comparison(
        {"A": short, "Random": flat(0.1, 0.2, 0.9)},
        label_range=(20, 20),
        target_score=0.8,
    )
    lines = found.summary().splitlines()
    # The area ends at 20 labels, and the runs at 30.
    assert "> 30 (1 of 3)" in lines[3]
    assert "> 30 (1 of 3)" in lines[4]


def test_labels_to_a_target_are_infinite_where_it_was_not_reached():
    found = Comparison(
        {
            "A": [history([0.5, 0.8]), history([0.9, 0.9]), history([0.1, 0.7])],
            "Random": flat(0.1, 0.1, 0.9),
        },
        target_score=[0.8],
    )
    labels = found.labels_to_target(0.8)
    np.testing.assert_array_equal(labels["A"], [30, 20, np.inf])
    np.testing.assert_array_equal(labels["Random"], [np.inf, np.inf, 20])
    text = found.summary()
    assert "30 (2 of 3)" in text
    assert "> 30 (1 of 3)" in text


def test_the_summary_has_a_line_for_each_strategy():
    lines = comparison(target_score=0.55).summary().splitlines()
    assert lines[0].endswith("from 20 to 30 labels, mean of 5 paired repeats")
    columns = ["area", "at 30", "minus random", "95% interval", "labels to 0.55"]
    places = [lines[2].index(column) for column in columns]
    assert places == sorted(places)
    assert [line.split()[0] for line in lines[3:7]] == ["Good", "Bad", "Same", "Random"]
    assert lines[3].split()[1:4] == ["0.6000", "0.6000", "+0.1000"]
    assert lines[6].endswith("(reference)")
    assert "hold together" in lines[8]


def test_intervals_for_themselves_own_up_to_their_false_words():
    assert "up to 15% of comparisons" in comparison(simultaneous=False).summary()
    two = Comparison({"A": flat(0.1, 0.2), "Random": flat(0.2, 0.1)})
    assert "hold together" not in two.summary()


def test_another_reference_is_named_in_the_words():
    found = comparison(reference="Bad")
    assert found.verdicts["Good"] == "better than Bad"
    assert "minus Bad" in str(found)
    assert repr(found).startswith("Comparison(Good: better than Bad; Same: ")


def test_records_bring_everything_back_also_through_json():
    first = comparison(confidence=0.9, target_score=[0.5], score_name="Recall")
    records = json.loads(json.dumps(first.to_records()))
    again = Comparison.from_records(records)
    assert again.histories == first.histories
    assert again.differences == first.differences
    assert str(again) == str(first)
    assert again.to_records() == first.to_records()


def test_the_frame_has_a_row_for_each_step():
    pytest.importorskip("pandas")
    frame = comparison().to_frame()
    assert frame.columns[:3].tolist() == ["strategy", "repeat", "step"]
    assert len(frame) == 4 * 5 * 2
    one = frame[(frame.strategy == "Good") & (frame.repeat == 3)]
    np.testing.assert_allclose(one.score, BASE[3] + GAINS[3])


@pytest.mark.parametrize(
    ("histories", "settings", "error", "message"),
    [
        ([flat(0.1)], {}, TypeError, "histories .* must be a dict"),
        ({"Random": [[0.1]]}, {}, TypeError, r"'Random' must be of .* got \[0.1\]"),
        ({"Random": [History()]}, {}, TypeError, "with at least one step, got History"),
        (
            {"A": flat(0.1), "Random": flat(0.1, 0.2)},
            {},
            ValueError,
            "same repeats .* {'A': 1, 'Random': 2}",
        ),
        ({"A": [], "Random": []}, {}, ValueError, "same repeats for each strategy"),
        ({"A": flat(0.1)}, {}, ValueError, "reference .* 'A', got 'Random'"),
        ({"Random": flat(0.1)}, {}, ValueError, "nothing to compare it with"),
        (None, {"confidence": 1.0}, ValueError, r"confidence .* inside \(0, 1\)"),
        (None, {"confidence": 95}, ValueError, "confidence .* got 95"),
        (None, {"label_range": 30}, ValueError, "label_range .* two .* got 30"),
        (None, {"label_range": (1.5, 3)}, TypeError, "label_range .* got 1.5"),
        (None, {"n_bootstrap": 0}, ValueError, "n_bootstrap .* got 0"),
        (None, {"target_score": "high"}, TypeError, "target_score .* got 'high'"),
        (None, {"random_state": "x"}, TypeError, "random_state of Comparison"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(
    histories, settings, error, message
):
    histories = histories or {"A": flat(0.1), "Random": flat(0.2)}
    with pytest.raises(error, match=message):
        Comparison(histories, **settings)


def test_a_record_without_a_test_set_has_no_area():
    found = Comparison({"A": [History([Record(0, 20)])], "Random": flat(0.3)})
    assert np.isnan(found.areas["A"]).all()


@pytest.mark.parametrize(
    ("records", "error", "message"),
    [
        (
            None,
            TypeError,
            "records of Comparison.from_records must be",
        ),
        ([1], TypeError, "must be a dict with histories"),
        ({"reference": "A"}, TypeError, "must be a dict with histories"),
        ({"histories": {"A": [[{"step": 0}]]}}, TypeError, "n_labels"),
    ],
)
def test_plain_data_of_another_form_are_refused(records, error, message):
    with pytest.raises(error, match=message):
        Comparison.from_records(records)


@pytest.mark.parametrize("reference", [["A"], np.array(["A", "B"]), 3, None])
def test_a_reference_that_is_no_name_is_refused(reference):
    runs = {"A": flat(0.5), "B": flat(0.6)}
    with pytest.raises(ValueError, match="reference of Comparison must be one of"):
        Comparison(runs, reference)


@pytest.mark.parametrize(
    ("histories", "error", "message"),
    [
        ({}, ValueError, "must hold two strategies, got none"),
        ({"A": 5}, TypeError, "for 'A' must be a list of histories"),
        ({"A": history([0.5])}, TypeError, "for 'A' must be a list of histories"),
    ],
)
def test_histories_of_another_form_are_refused(histories, error, message):
    with pytest.raises(error, match=f"histories of Comparison .*{message}"):
        Comparison(histories)


def test_a_notebook_shows_the_cells_of_the_summary():
    found = comparison(target_score=0.6)
    title, rows, notes = read_table(found._repr_html_())
    text = found.summary().splitlines()
    assert title == text[0]
    assert [" ".join(filter(None, row)) for row in rows] == [
        " ".join(line.split()) for line in text[2:7]
    ]
    assert notes == text[8:]
