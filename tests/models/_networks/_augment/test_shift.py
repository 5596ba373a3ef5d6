import numpy as np
import torch

from skbal.models import RandomShift


def test_each_image_is_moved_by_a_shift_within_bounds():
    images = torch.zeros(200, 2, 9, 11)
    images[:, :, 4, 5] = torch.tensor([1.0, 2.0])
    shifted = RandomShift(pixels=2)(images)
    rows, columns = [], []
    for image in shifted:
        (place,) = torch.nonzero(image[0]).tolist()
        assert image[0, place[0], place[1]] == 1
        assert image[1, place[0], place[1]] == 2
        rows.append(place[0] - 4)
        columns.append(place[1] - 5)
    assert set(rows) == set(columns) == {-2, -1, 0, 1, 2}
    assert np.corrcoef(rows, columns)[0, 1] ** 2 < 0.1


def test_no_shift_changes_nothing():
    images = torch.randn(3, 1, 8, 8)
    torch.testing.assert_close(RandomShift(pixels=0)(images), images)


def test_pixels_that_enter_are_zero_or_copies_of_the_edge():
    ones = torch.ones(50, 1, 8, 8)
    shifted = RandomShift(pixels=3, fill="zeros")(ones)
    assert set(shifted.unique().tolist()) == {0.0, 1.0}
    assert shifted.flatten(1).sum(1).min() >= 25
    assert torch.equal(RandomShift(pixels=3)(ones), ones)


def test_a_shift_beyond_the_image_leaves_its_edge():
    image = torch.arange(6.0).reshape(1, 1, 2, 3)
    shifted = RandomShift(pixels=9)(image.expand(300, 1, 2, 3))
    corners = {(i, i, i, i, i, i) for i in (0.0, 2.0, 3.0, 5.0)}
    assert corners <= {tuple(rows) for rows in shifted.flatten(1).tolist()}
