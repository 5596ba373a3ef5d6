"""What all changes of images promise, and how each draws its random numbers."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone

from skbal.models import (
    Compose,
    ElasticDeformation,
    RandomBlur,
    RandomFlip,
    RandomRotation,
    RandomScale,
    RandomShift,
    RandomTurn,
)

TRANSFORMS = [
    RandomShift(2),
    RandomScale(1.5),
    RandomRotation(30),
    RandomBlur(2.0),
    ElasticDeformation(2.0),
    RandomFlip(vertical=True),
    RandomTurn(),
    Compose([RandomRotation(30), RandomFlip(), RandomShift(2)]),
]
KEEP_VALUES = (RandomShift, RandomFlip, RandomTurn)
NAMES = [type(transform).__name__ for transform in TRANSFORMS]
every_transform = pytest.mark.parametrize("transform", TRANSFORMS, ids=NAMES)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def noise(n, channels=2, side=8, dtype=torch.float32):
    return torch.randn(n, channels, side, side, generator=seeded(3), dtype=dtype)


def spot(n, side, row, column):
    """Return n images of a small spot, shape (n, 1, side, side)."""
    down, right = np.mgrid[:side, :side]
    image = np.exp(-((down - row) ** 2 + (right - column) ** 2) / 8)
    return torch.as_tensor(image).expand(n, 1, side, side)


def centres(images):
    """Return (row, column) of the centres of mass from the middle of the images."""
    side = images.shape[-1]
    place = torch.arange(side, dtype=images.dtype) - (side - 1) / 2
    mass = images.sum(dim=(1, 2, 3))
    row = (images.sum(dim=(1, 3)) * place).sum(dim=1) / mass
    column = (images.sum(dim=(1, 2)) * place).sum(dim=1) / mass
    return row.numpy(), column.numpy()


@every_transform
def test_a_seed_repeats_and_images_differ_from_each_other(transform):
    images = noise(1).expand(40, -1, -1, -1)
    first = transform(images, seeded(0))
    assert torch.equal(first, transform(images, seeded(0)))
    assert not torch.equal(first, transform(images, seeded(1)))
    assert len(first.flatten(1).unique(dim=0)) > 3


@every_transform
def test_the_caller_and_the_global_stream_stay_as_they_were(transform):
    images, before = noise(5), torch.get_rng_state()
    copy = images.clone()
    changed = transform(images, seeded(0))
    changed += 1
    assert torch.equal(images, copy)
    assert torch.equal(torch.get_rng_state(), before)


@every_transform
def test_without_a_generator_the_stream_of_the_training_decides(transform):
    with torch.random.fork_rng():
        torch.manual_seed(4)
        found = transform(noise(20))
    assert torch.equal(found, transform(noise(20), seeded(4)))


@every_transform
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
def test_shape_and_precision_stay(transform, dtype):
    for shape in ((4, 1, 7, 7), (1, 5, 1, 1), (0, 3, 6, 6)):
        images = torch.ones(shape, dtype=dtype)
        changed = transform(images, seeded(0))
        assert (changed.shape, changed.dtype) == (images.shape, dtype)
        torch.testing.assert_close(changed, images)  # flat images stay flat


@every_transform
def test_channels_move_together(transform):
    image = noise(30, channels=1)
    changed = transform(torch.cat([image, -2 * image], dim=1), seeded(0))
    torch.testing.assert_close(changed[:, 1], -2 * changed[:, 0])


@every_transform
def test_images_need_not_be_square_but_for_quarter_turns(transform):
    images = torch.randn(4, 3, 20, 30, generator=seeded(0))
    if isinstance(transform, RandomTurn):
        with pytest.raises(ValueError, match="height 20 and width 30"):
            transform(images)
    else:
        assert transform(images).shape == images.shape


@every_transform
def test_transforms_are_parameter_objects(transform):
    same = pickle.loads(pickle.dumps(transform))
    for other in (same, clone(transform)):
        assert repr(other) == repr(transform)
        assert torch.equal(other(noise(9), seeded(0)), transform(noise(9), seeded(0)))


@every_transform
def test_what_is_no_image_is_refused(transform):
    owner = type(transform).__name__
    with pytest.raises(ValueError, match=rf"^{owner} changes.*\(3, 5\).*image_shape"):
        transform(torch.zeros(3, 5))
    with pytest.raises(TypeError, match=f"^X given to {owner} .* got ndarray"):
        transform(np.zeros((3, 1, 5, 5)))


@every_transform
def test_integers_pass_only_where_values_stay(transform):
    images = (20 * noise(6)).to(torch.uint8)
    if isinstance(transform, KEEP_VALUES):
        changed = transform(images, seeded(0))
        assert changed.dtype == torch.uint8
        assert set(changed.unique().tolist()) <= set(images.unique().tolist())
    else:
        with pytest.raises(TypeError, match=r"must hold floats.*uint8.*X\.float\(\)"):
            transform(images)


@pytest.mark.parametrize(("transform", "message"), [
    (RandomShift(-1), "pixels of RandomShift must be an integer >= 0"),
    (RandomShift(fill="black"), "fill of RandomShift must be 'edge' or 'zeros'"),
    (RandomScale(0.8), "factor of RandomScale must be .*>= 1"),
    (RandomRotation(181), r"degrees of RandomRotation must be .*\[0, 180\]"),
    (RandomBlur(-1), "sigma of RandomBlur must be "),
    (ElasticDeformation(-1), "pixels of ElasticDeformation must be "),
    (ElasticDeformation(smoothness=0), "smoothness of ElasticDeformation must be "),
    (RandomFlip(horizontal="no"), "horizontal of RandomFlip must be True or False"),
    (Compose(RandomShift(2)), "transforms of Compose must be a list .* RandomShift"),
    (Compose([RandomFlip]), r"got the class RandomFlip at place 0: write RandomFlip\("),
    (Compose([RandomFlip(), 2]), "transforms of Compose .* got 2 at place 1"),
    (Compose([lambda X: 1]), r"place 0 of Compose must return .* got int"),
    (Compose([lambda X: X[:1]]), r"place 0 of Compose .* \(3, 2, 8, 8\), got \(1, 2"),
])  # fmt: skip
def test_wrong_parameters_are_named(transform, message):
    with pytest.raises((TypeError, ValueError), match=message):
        transform(noise(3))


def test_angles_are_uniform_to_both_sides():
    row, column = centres(RandomRotation(60)(spot(500, 31, 15, 23), seeded(0)))
    angle = np.rad2deg(np.arctan2(-row, column))  # counterclockwise from the right
    assert np.abs(angle).max() < 60.5
    np.testing.assert_allclose(np.hypot(row, column), 8, atol=0.1)
    # A uniform distribution from -60 to 60 has a standard deviation of 34.6.
    assert abs(angle.mean()) < 3 * 34.6 / np.sqrt(500)
    assert abs(angle.std() - 34.6) < 3


def test_magnifications_and_their_inverses_are_equally_probable():
    _, column = centres(RandomScale(1.5)(spot(500, 41, 20, 28), seeded(0)))
    exponent = np.log(column / 8) / np.log(1.5)
    assert np.abs(exponent).max() < 1.02
    assert abs(exponent.mean()) < 3 * 3**-0.5 / np.sqrt(500)
    assert abs(exponent.std() - 3**-0.5) < 0.05


def test_widths_of_blurs_are_uniform():
    point = torch.zeros(500, 1, 41, 41)
    point[:, :, 20, 20] = 1
    found = RandomBlur(4.0)(point, seeded(0))
    place = torch.arange(41) - 20.0
    sigma = (found.sum(dim=(1, 3)) * place**2).sum(dim=1).sqrt()
    assert 3.5 < sigma.max() < 4.0
    assert abs(sigma.mean() - 2) < 3 * 4 / 12**0.5 / 500**0.5 + 0.05


def test_elastic_displacements_have_the_size_asked_for():
    """Images whose values are the row and the column show what each pixel shows."""
    ramps = torch.stack(torch.meshgrid(*[torch.arange(31.0)] * 2, indexing="ij"))
    found = ElasticDeformation(1.5, smoothness=2)(
        ramps.expand(200, 2, 31, 31), seeded(0)
    )
    moved = (found - ramps)[:, :, 8:-8, 8:-8]  # far enough from the edge
    assert abs(moved.mean()) < 0.05
    assert abs(moved.std() - 1.5) < 0.05


def test_flips_and_turns_give_each_symmetry_of_a_square_equally_often():
    image = torch.arange(9.0).reshape(1, 1, 3, 3).expand(1600, 1, 3, 3)
    for transform, n_kinds in (
        (RandomFlip(), 2),
        (RandomFlip(horizontal=False, vertical=True), 2),
        (RandomFlip(horizontal=False), 1),
        (RandomFlip(vertical=True), 4),
        (RandomTurn(), 4),
        (Compose([RandomTurn(), RandomFlip()]), 8),
    ):
        changed = transform(image, seeded(0)).flatten(1)
        kinds, counts = changed.unique(dim=0, return_counts=True)
        assert len(kinds) == n_kinds
        expected = 1600 / n_kinds
        assert abs(counts - expected).max() <= 4 * np.sqrt(expected)


def test_a_turn_is_a_rotation_by_quarters():
    image = noise(1, side=3)
    turned = RandomTurn()(image.expand(50, 2, 3, 3), seeded(0))
    quarters = {
        tuple(image[0].rot90(k, dims=(1, 2)).flatten().tolist()) for k in range(4)
    }
    assert {tuple(rows) for rows in turned.flatten(1).tolist()} == quarters


def test_compose_calls_in_order_and_hands_on_its_generator():
    steps = [RandomRotation(20), lambda X: 2 * X, RandomShift(2)]
    found = Compose(steps)(noise(6), seeded(5))
    stream = seeded(5)
    expected = steps[2](2 * steps[0](noise(6), stream), stream)
    assert torch.equal(found, expected)
    assert torch.equal(Compose([])(noise(6)), noise(6))


def test_a_function_in_compose_may_write_into_its_batch():
    images = noise(3)
    found = Compose([lambda X: X.add_(1), lambda X: X.mul_(2)])(images)
    assert torch.equal(images, noise(3))
    assert torch.equal(found, 2 * (noise(3) + 1))


@every_transform
@pytest.mark.parametrize("shape", [(2, 1, 0, 0), (2, 0, 6, 6)])
def test_images_without_pixels_are_refused(transform, shape):
    message = rf"X given to {type(transform).__name__} must hold images with at least"
    with pytest.raises(ValueError, match=message):
        transform(torch.zeros(shape))


def test_channels_last_are_refused_and_not_mistaken_for_columns():
    with pytest.raises(ValueError, match="channels last: X"):
        RandomShift(1)(torch.zeros(2, 12, 10, 3))
    narrow = torch.zeros(2, 1, 12, 3)
    assert RandomShift(1)(narrow).shape == narrow.shape
