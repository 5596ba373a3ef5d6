"""The shares of answers: how they are spread, and what they follow."""

import numpy as np
import pytest

from skbal.datasets._galaxies._survey._answers import (
    answer_shares,
    artifact_clue,
    clumps_clue,
    merger_clue,
    ring_clue,
)
from skbal.datasets._galaxies._survey._kinds import ARTIFACTS
from tests.datasets._galaxies._survey.test_kinds import KINDS, MANY

NOISE, PSF = 0.1, 1.2
SHARES = answer_shares(MANY, NOISE, PSF)


def test_shares_are_probabilities():
    np.testing.assert_allclose(SHARES.sum(axis=1), 1)
    assert SHARES.min() > 0.01
    assert SHARES.max() < 0.98


def test_the_shares_are_spread_as_those_of_galaxy_zoo_decals():
    # The table of 7,884 galaxies has these means, a variance of .0734 of the observed
    # share of smooth, at 40 volunteers, and the quantiles below.
    np.testing.assert_allclose(SHARES.mean(axis=0), [0.522, 0.356, 0.122], atol=0.01)
    smooth = SHARES[:, 0]
    observed = smooth.var() + (smooth * (1 - smooth)).mean() / 40
    assert observed == pytest.approx(0.0734, abs=0.002)
    quantiles = np.quantile(SHARES[:, :2], [0.25, 0.5, 0.75], axis=0)
    expected = [[0.282, 0.1], [0.605, 0.25], [0.75, 0.605]]
    np.testing.assert_allclose(quantiles, expected, atol=0.04)


def test_artefacts_are_voted_artefacts():
    for kind in ARTIFACTS:
        shares = SHARES[kind == KINDS]
        assert shares[:, 2].mean() > 0.8
        assert (shares.argmax(axis=1) == 2).mean() > 0.9
    galaxies = SHARES[~np.isin(KINDS, ARTIFACTS)]
    assert galaxies[:, 2].max() < 0.3


def test_an_artefact_far_away_spoils_less():
    distance = np.abs(MANY["artifact_distance"])
    clue = artifact_clue(MANY)
    spoiled = np.isin(KINDS, ARTIFACTS)
    assert not clue[~spoiled].any()
    np.testing.assert_allclose(clue[spoiled], 1 - distance[spoiled] / 30)
    assert clue.max() <= 1


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("elliptical", 0),
        ("lenticular", 0),
        ("barred", 1),
        ("ring", 1),
        ("edge-on", 1),
        ("merger", 1),
        ("irregular", 1),
    ],
)
def test_most_volunteers_see_what_the_kind_is(kind, answer):
    assert SHARES[kind == KINDS].mean(axis=0).argmax() == answer


@pytest.mark.parametrize("clue", [ring_clue, clumps_clue, merger_clue])
def test_noise_and_blur_hide_every_feature(clue):
    clear = clue(MANY, 0, 0)
    assert clear.min() >= 0
    assert clear.max() <= 1
    assert clear.max() > 0.2
    for worse in (clue(MANY, NOISE, 0), clue(MANY, 0, PSF)):
        assert (worse <= clear).all()
        assert worse.sum() < clear.sum()
    assert clue(MANY, 1e6, PSF).max() < 1e-3
    assert clue(MANY, NOISE, 1e4).max() < 1e-3


def test_what_nobody_can_see_is_called_smooth():
    galaxies = ~np.isin(KINDS, ARTIFACTS)
    hidden = answer_shares(MANY, 1e6, 1e4)[galaxies]
    assert (hidden.argmax(axis=1) == 0).all()
    assert np.ptp(hidden[:, 1]) < 0.05
