import matplotlib.pyplot as plt
import numpy as np
import pytest

from skbal.audit import AnomalyDisplay, anomaly_scores

RNG = np.random.default_rng(0)
LABELLED = RNG.normal(size=(40, 6, 6))
IMAGES = np.concatenate([RNG.normal(size=(9, 6, 6)), np.full((1, 6, 6), 9.0)])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_oddest_images_are_shown_first():
    scores = anomaly_scores(None, IMAGES, LABELLED, method="distance")
    display = AnomalyDisplay.from_scores(scores, IMAGES, n_shown=4, n_columns=2)
    assert display.axes_.shape == (2, 2)
    assert display.titles == [str(row) for row in scores.order[:4]]
    shown = [ax.images[0].get_array() for ax in display.axes_.ravel()]
    np.testing.assert_array_equal(shown, IMAGES[scores.order[:4]])
    assert scores.order[0] == 9
    assert display.figure_ is display.axes_[0, 0].figure


def test_from_estimator_scores_first_and_shows_at_most_all():
    figure = plt.figure()
    display = AnomalyDisplay.from_estimator(
        None, IMAGES, LABELLED, method="distance", n_shown=50, figure=figure
    )
    assert len(display.titles) == 10
    assert display.figure_ is figure


@pytest.mark.parametrize(
    ("scores", "options", "words"),
    [
        (None, {}, "scores of AnomalyDisplay must be the result of anomaly_scores"),
        (LABELLED[:9], {}, "scores of AnomalyDisplay must be the result of"),
        ("good", {"n_shown": 0}, "n_shown of AnomalyDisplay"),
        ("good", {"images": IMAGES[1:]}, "10 rows and 9 images"),
        ("good", {"images": IMAGES[:, 0]}, "ImageGridDisplay"),
        ("good", {"n_columns": 0}, "n_columns of ImageGridDisplay"),
    ],
)
def test_wrong_arguments_are_named(scores, options, words):
    if isinstance(scores, str):
        scores = anomaly_scores(None, IMAGES, LABELLED, method="distance")
    images = options.pop("images", IMAGES)
    with pytest.raises((TypeError, ValueError), match=words):
        AnomalyDisplay.from_scores(scores, images, **options)
