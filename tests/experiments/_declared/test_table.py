from dataclasses import replace

import numpy as np

from skbal.experiments import Measure, Reproduction, reproduce
from skbal.experiments._declared._table import ours_in_words
from tests.experiments._declared.toy import COINS


def test_each_measure_of_each_arm_is_beside_what_was_published():
    header, rows = reproduce(COINS).table()
    assert header == [
        "arm", "measure", "here (95% interval)", "Anonymous 1900", "Another 1901",
        "agrees",
    ]  # fmt: skip
    # 50, 51, 52: standard error .577, t 4.303, so 51 ± 2.48 (and the wider reach of
    # three more runs, 3.51). 80, 81, 82 are far from 60.
    assert rows == [
        ["fair", "heads", "51.0 (48.5 to 53.5)", "52.0", "49.0", "yes"],
        ["bent", "heads", "81.0 (78.5 to 83.5)", "60.0", "", "no"],
        # The same in each pair, so nothing tells how far it scatters.
        ["bent", "more", "30 (seeds alike)", "", "", ""],
    ]


def test_the_quick_version_agrees_with_nothing():
    found = reproduce(COINS, quick=True)
    header, rows = found.table()
    assert "agrees" not in header
    assert {len(row) for row in rows} == {len(header)}
    assert found.notes() == [
        "This is the quick version: it shows that everything works, and its numbers "
        "cannot be compared with published ones."
    ]


def test_without_a_known_number_of_published_runs_nothing_is_judged():
    exact = tuple(replace(number, n_seeds=None) for number in COINS.published)
    found = reproduce(replace(COINS, published=exact))
    header, rows = found.table()
    assert header[-1] == "Another 1901"
    assert rows[0][-2:] == ["52.0", "49.0"]
    assert not found.notes()


def test_what_was_not_run_is_said():
    found = reproduce(COINS)
    some = Reproduction(COINS, found.units[:1], found.headers)
    [(arm, _, ours, *_)] = some.table()[1]
    assert (arm, ours) == ("fair", "50.0 (one seed)")
    assert some.notes()[-2:] == [
        "5 of 6 units are missing.",
        "The table leaves out the arms that were not run: bent.",
    ]
    # What compares an arm with one that was not run is left out, too.
    bent = Reproduction(COINS, found.units[1:2], found.headers)
    [(arm, _, ours, *_)] = bent.table()[1]
    assert (arm, ours) == ("bent", "80.0 (one seed)")
    assert repr(some) == "Reproduction('coins', 1 of 6 units)"


def test_findings_stand_below_the_table_but_not_those_of_the_quick_version():
    def findings(reproduction):
        return [f"Heads: {reproduction.values('heads', 'fair').max():g}."]

    experiment = replace(COINS, findings=findings)
    assert "Heads: 52." in reproduce(experiment).notes()
    assert "Heads: 52." in reproduce(experiment).summary().split("\n\n")
    assert not any(
        "Heads" in note for note in reproduce(experiment, quick=True).notes()
    )


def test_what_the_quick_version_does_not_have_is_no_row():
    nan = Measure("of many throws", lambda result: float("nan"))
    found = reproduce(replace(COINS, measures=(*COINS.measures, nan)))
    assert "of many throws" not in {row[1] for row in found.table()[1]}


def test_the_summary_has_aligned_columns():
    title, table, *notes = reproduce(COINS).summary().split("\n\n")
    assert title == "How often does a coin show heads?, 3 seeds"
    lines = table.split("\n")
    starts = {line.index(word) for line, word in zip(lines[1:], ["51", "81", "30 ("])}
    assert starts == {lines[0].index("here")}
    assert "confidence of 95%" in notes[0]


def test_runs_that_never_got_there_are_counted():
    inf = np.inf
    assert ours_in_words(np.array([inf, inf]), 0) == "not reached by 2 of 2"
    assert ours_in_words(np.array([inf, 7.0]), 0) == "not reached by 1 of 2; others 7"
