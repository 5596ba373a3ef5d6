import json

import numpy as np
import pytest

from skbal.audit import SaliencyMaps


def maps_of(maps, **fields):
    given = {
        "images": np.zeros(np.shape(maps)), "values": np.full(len(maps), 0.5),
        "baseline_values": None, "targets": None, "of": "entropy",
        "method": "gradient", "feature_names": None,
    }  # fmt: skip
    return SaliencyMaps(maps=np.asarray(maps, dtype=float), **{**given, **fields})


def test_half_of_a_map_is_counted_from_its_largest_pixels():
    # Of 8, half is 4: the pixel of -4 alone, and 3 + 1 pixels of 2.
    found = maps_of(
        [[[-4.0, 1], [1, 2]], [[2, 2], [2, 2]]], targets=np.array(["a", "b"])
    )
    frame = found.to_frame()
    assert frame["n_pixels_for_half"].tolist() == [1, 2]
    assert frame[["height", "width"]].iloc[0].tolist() == [0, 0]
    assert frame["target"].tolist() == ["a", "b"]
    assert found.concern is None
    assert "2 images" in found.verdict
    assert "1.5 of 4 pixels (37.5%" in found.verdict


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_are_summed(channels):
    maps = np.zeros((1, channels, 6, 5))
    maps[0, :, 2, 3] = 1.0
    frame = maps_of(maps).to_frame()
    assert frame[["height", "width", "n_pixels_for_half"]].iloc[0].tolist() == [2, 3, 1]
    last = np.moveaxis(maps, 1, 3)
    if channels == 3:
        np.testing.assert_array_equal(maps_of(last).over_channels, 3 * maps[:, 0])


def test_columns_are_listed_by_their_names():
    found = maps_of([[1.0, -2, 0], [3, 2, 0]], feature_names=["a", "b", "c"])
    frame = found.to_frame()
    assert frame.loc["b"].tolist() == [0.0, 2.0]
    assert frame.loc["a"].tolist() == [2.0, 2.0]
    assert "of 3 columns" in found.verdict
    assert maps_of([[1.0, 2]]).to_frame().index.tolist() == [0, 1]


def test_maps_without_a_value_are_told():
    assert "zero everywhere" in maps_of(np.zeros((2, 3, 3))).verdict
    assert "1 of the maps are zero" in maps_of([np.zeros((2, 2)), np.eye(2)]).verdict


def test_the_gap_of_integrated_gradients_is_a_concern():
    parts = [[0.2, 0.2], [0.1, 0.3]]
    exact = maps_of(parts, values=np.full(2, 0.5), baseline_values=np.full(2, 0.1))
    assert exact.concern is False
    assert "miss 0.0% of the change" in exact.verdict
    wrong = maps_of(parts, values=np.full(2, 0.6), baseline_values=np.full(2, 0.1))
    np.testing.assert_allclose(wrong.completeness_gap, -0.1)
    assert wrong.concern is True
    assert "miss 20.0% of the change" in wrong.verdict
    assert json.loads(json.dumps(wrong.to_dict()))["concern"] is True
    assert maps_of(parts).completeness_gap is None
