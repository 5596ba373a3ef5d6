"""
======================================
Saliency: why is the network not sure?
======================================

A digit half-way between a 4 and a 9 makes a network unsure. Which pixels make it so?
The *uncertainty map* is the gradient of the mutual information between label and
posterior draw: it shows the pixels that the draws disagree about. Beside it stands the
map of the prediction. In the end, we check that the maps say something about the
network at all.
"""

# %%
# A small network
# ---------------
#
# It sees 300 digits only, so that its draws still disagree.

import matplotlib.pyplot as plt
import numpy as np

from skbal import predict_samples
from skbal.audit import (
    FeatureMapsDisplay,
    SaliencyDisplay,
    saliency,
    saliency_sanity_check,
    uncertainty_saliency,
)
from skbal.datasets import load_mnist_5k
from skbal.information import mutual_information
from skbal.models import MCDropoutClassifier
from skbal.seeding import BalancedSeed

digits = load_mnist_5k()
X, y = digits.images, digits.target
n_per_class, n_draws = 30, 100
labelled = BalancedSeed(n_per_class, random_state=0).select(X, y)
model = MCDropoutClassifier(
    module__n_filters=32,
    max_steps=400,
    random_state=0,
).fit(X[labelled], y[labelled])

# %%
# From a 4 to a 9
# ---------------
#
# We take a 4 and a 9 that lie well above each other, neither of them labelled, and mix
# them in steps.

others = np.setdiff1d(np.arange(len(X)), labelled)
fours, nines = X[others[y[others] == 4]], X[others[y[others] == 9]]
overlap = np.einsum("ahw,bhw->ab", fours[:100, 0], nines[:100, 0])
overlap /= np.sqrt((fours[:100, 0] ** 2).sum(axis=(1, 2)))[:, np.newaxis]
overlap /= np.sqrt((nines[:100, 0] ** 2).sum(axis=(1, 2)))
four, nine = np.unravel_index(overlap.argmax(), overlap.shape)
shares = np.linspace(0, 1, 7)[:, np.newaxis, np.newaxis, np.newaxis]
morph = (1 - shares) * fours[four] + shares * nines[nine]

draws = predict_samples(model, morph, n_draws, random_state=0)
for share, p, information in zip(
    shares.ravel(), draws.mean(axis=1), mutual_information(draws)
):
    print(
        f"share of the 9: {share:.2f}   4: {p[4]:.2f}   9: {p[9]:.2f}   "
        f"disagreement: {information:.2f} nats"
    )

# %%
# The map of the uncertainty
# --------------------------
#
# Red pixels add to the disagreement: with less ink there, the draws would agree more.
# Blue pixels take it away. In the middle of the series, the faint stroke that closes
# the loop of the 9 is red: some draws see it, and some do not. Gradients of a network
# are noisy, so we average over noisy copies of the image (SmoothGrad).

options = {"n_draws": n_draws, "method": "smooth", "random_state": 0}
options["n_points"] = 30
maps = uncertainty_saliency(model, morph, **options)
display = SaliencyDisplay.from_maps(maps, n_images=7)
display.figure_.suptitle("Where the disagreement comes from")
plt.show()
print(maps.verdict)

# %%
# What would be lost
# ------------------
#
# Integrated gradients divide the disagreement among the pixels: the map of an image
# sums to its mutual information minus that of an empty image. Beside it are the maps of
# the prediction, for the 4 and for the 9. For all of them we take the image in the
# middle. The network takes it for a 4, so what speaks for a 9 also makes it unsure: the
# map of the disagreement resembles that of the 9, and that of the 4 is nearly the
# opposite.

options.update(method="integrated", n_points=50)
middle = morph[3:4]
of_uncertainty = uncertainty_saliency(model, middle, **options)
four_or_nine = [saliency(model, middle, target=digit, **options) for digit in (4, 9)]
figure, axes = plt.subplots(2, 3, figsize=(6, 4.4), layout="constrained")
for column, (title, found) in enumerate(
    zip(["disagreement", "4", "9"], [of_uncertainty, *four_or_nine])
):
    SaliencyDisplay.from_maps(found, ax=axes[:, column])
    axes[1, column].set_title(f"for: {title}", fontsize="small")
# sphinx_gallery_thumbnail_number = 2
plt.show()
print(of_uncertainty.verdict)

# %%
# The pixels of the map are those that count: without the twentieth of them that the map
# puts first, the disagreement is much smaller than without random ones.

best = np.argsort(-of_uncertainty.maps.ravel())[:39]
rng = np.random.default_rng(0)
chosen = {"by the map": best, "at random": rng.choice(784, 39, replace=False)}
for name, pixels in chosen.items():
    without = middle.copy()
    without.reshape(-1)[pixels] = 0
    information = mutual_information(
        predict_samples(model, without, n_draws, random_state=0)
    )
    before = of_uncertainty.values[0]
    print(f"39 pixels {name}: {before:.2f} -> {information[0]:.2f} nats")

# %%
# Can the maps be believed?
# -------------------------
#
# A map that only shows the edges of the image would look good, too. So the weights of
# the network are put in random order, layer by layer from the last one. If the maps
# hardly change, they do not show what was learned (Adebayo et al. 2018).

sanity = saliency_sanity_check(
    model,
    X[others],
    of="mutual_information",
    n_images=20,
    n_draws=n_draws,
    random_state=0,
)
print(sanity.verdict)
print(sanity.to_frame().round(2).to_string(index=False))

# %%
# What the filters see
# --------------------
#
# The first convolution makes an image per filter, bright where it finds what it looks
# for.

display = FeatureMapsDisplay.from_estimator(model, middle, layer="1")
plt.show()
print(display.maps.verdict)
