"""
======================================
Odd galaxies: unlike anything labelled
======================================

Some images are no galaxies: the trail of a satellite, a star too bright, the edge of a
frame. A classifier that was never shown one still answers. This example labels images
without artefacts, and looks for the artefacts in new ones.
"""

# %%
# A model that knows no artefact
# ------------------------------
#
# A forest learns "smooth" or "featured" from images of a survey. Images with an
# artefact are left out.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

from skbal.audit import AnomalyDisplay, anomaly_scores, leakage_check
from skbal.datasets import make_galaxies

survey = make_galaxies(2400, image_size=32, random_state=1, survey=True)
is_artefact = np.isin(survey.kinds, ["satellite trail", "bright star", "frame edge"])
half = len(is_artefact) // 2
labelled = np.flatnonzero(~is_artefact[:half])
label = np.where(
    survey.answer_shares[:, 1] > survey.answer_shares[:, 0], "featured", "smooth"
)
model = RandomForestClassifier(100, random_state=0, n_jobs=1)
model.fit(survey.data[labelled], label[labelled])
pool = np.arange(half, len(is_artefact))
print("artefacts among the new images:", is_artefact[pool].sum(), "of", len(pool))

# %%
# The oddest images
# -----------------
#
# The score combines two things: how far an image is from all labelled ones, and how
# much the trees disagree about it.

scores = anomaly_scores(model, survey.data[pool], survey.data[labelled], random_state=0)
print(scores)
AnomalyDisplay.from_scores(
    scores,
    survey.images[pool],
    n_shown=15,
    image_kw={"vmin": -0.4, "vmax": 5, "origin": "lower"},
)
plt.show()

# %%
# Which score finds them?
# -----------------------
#
# The area under the curve is the probability that an artefact has a higher score than
# another image. Two methods of scikit-learn, which know no labels, are beside. Here the
# distance alone finds the artefacts best, about as well as the local outlier factor.
# The trees disagree about many a galaxy, too, so their disagreement (epistemic) tells
# little, and the combined score is between the two.

found = dict(scores.parts, combined=scores.scores)
found["IsolationForest"] = -(
    IsolationForest(random_state=0)
    .fit(survey.data[labelled])
    .score_samples(survey.data[pool])
)
found["LocalOutlierFactor"] = -(
    LocalOutlierFactor(novelty=True)
    .fit(survey.data[labelled])
    .score_samples(survey.data[pool])
)
areas = {name: roc_auc_score(is_artefact[pool], score) for name, score in found.items()}
figure, axes = plt.subplots(figsize=(6.5, 3), layout="constrained")
bars = axes.barh(list(areas), list(areas.values()), color="#0072B2")
axes.bar_label(bars, fmt="%.2f", padding=3)
axes.axvline(0.5, color="0.5", linestyle=":")
axes.set(xlim=(0, 1.1), xlabel="area under the curve (0.5 is chance)")
axes.invert_yaxis()
plt.show()

# %%
# Were they really new?
# ---------------------
#
# Before you believe a test, look for copies. The first line is about the images as they
# are. Then ten test images are replaced by mirrored training images, and the check
# reports about as many copies.

train, test = survey.images[labelled], survey.images[pool].copy()
print(leakage_check(train, test, random_state=0))
test[:10] = train[:10, :, :, ::-1]
print(leakage_check(train, test, random_state=0))
