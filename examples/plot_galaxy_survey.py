"""
=========================================
A simulated survey of galaxies to vote on
=========================================

``make_galaxies(survey=True)`` makes images as a survey of the sky has them:
ellipticals, spirals and rarer kinds, with stars and small galaxies around them, and a
few artefacts.
This example shows some of each kind. It compares the answers of the simulated
volunteers with those of real ones.
"""

# %%
# Kinds
# -----
#
# Three of every hundred images are artefacts, and rings, mergers and irregulars are as
# rare. So a thousand images show a few of each.

import matplotlib.pyplot as plt
import numpy as np

from skbal.datasets import make_galaxies
from skbal.plotting import ImageGridDisplay

survey = make_galaxies(1000, random_state=2, survey=True)
kinds = list(dict.fromkeys(survey.kinds))
kinds.sort(key=lambda kind: -np.mean(survey.kinds == kind))
rows = np.concatenate([np.flatnonzero(survey.kinds == kind)[:5] for kind in kinds])

ImageGridDisplay.from_images(
    survey.images[rows],
    survey.kinds[rows].tolist(),
    n_columns=10,
    image_kw={"vmin": -0.4, "vmax": 5, "origin": "lower"},
    figure=plt.figure(figsize=(11, 8), layout="constrained"),
)
plt.show()

# %%
# Many galaxies do not show clearly what they are. They are faint, small, or seen from
# the side, and a neighbour may lie on them. This is what makes volunteers disagree.
#
# What volunteers answer
# ----------------------
#
# A volunteer says "smooth", "featured" or "artifact". ``answer_shares`` are the true
# probabilities, and ``answers`` are the counts of forty volunteers.

print("kind             smooth  featured  artifact")
for kind in kinds:
    shares = survey.answer_shares[survey.kinds == kind].mean(axis=0)
    print(f"{kind:16} {shares[0]:6.2f}  {shares[1]:8.2f}  {shares[2]:8.2f}")

# %%
# Answers do not depend on the size of the images, so small images are enough for the
# histogram of the share of volunteers who said "smooth". The real shares are those of
# the 7,884 galaxies of Galaxy Zoo DECaLS that ``load_galaxy_votes`` reads. Their ten
# bars are written here, since skbal ships no data of the survey. The mean shares are
# .522, .356 and .122, and the variance of the share of "smooth" is .0734.

many = make_galaxies(5000, image_size=8, random_state=0, survey=True).answers
smooth = many[:, 0] / many.sum(axis=1)
real = [0.105, 0.082, 0.078, 0.051, 0.070, 0.112, 0.167, 0.178, 0.138, 0.020]

bins = np.linspace(0, 1, 11)
simulated = np.histogram(smooth, bins)[0] / len(smooth)
figure, axes = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
axes.bar(bins[:-1] + 0.03, simulated, 0.036, color="#0072B2", label="simulated")
axes.bar(bins[:-1] + 0.07, real, 0.036, color="#E69F00", label="Galaxy Zoo DECaLS")
axes.set(xlabel='share of volunteers who said "smooth"', ylabel="share of galaxies")
axes.legend()
plt.show()

means = (many / many.sum(axis=1, keepdims=True)).mean(axis=0)
print("mean shares:", means.round(3), "variance of smooth:", smooth.var().round(4))

# %%
# The two agree in their means and their variance, and roughly in their shape: a heap of
# galaxies that most call smooth, a long tail of featured ones, and hardly any that all
# call smooth. Single bars differ by up to five galaxies of a hundred. Another
# difference remains. No galaxy of that table was called an artefact by most volunteers,
# since images that are artefacts are not in it. Here, they are.
