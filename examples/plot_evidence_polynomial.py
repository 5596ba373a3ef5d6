"""
======================================
The evidence picks a polynomial degree
======================================

Which degree should a polynomial have? The error on the training set cannot tell,
because that of least squares always falls as the degree grows. A test set can, if there
are enough points. The *evidence* needs no test set. It is the probability density that
a model gives to the training data before it has seen them. A straight line gives these
data a low density, because it does not expect them. A polynomial of high degree can
produce very many different data sets, so only a small part of its probability goes to
this one (MacKay 1992). :ref:`linear_models` derives the evidence.
"""

# %%
# Data
# ----
#
# The data are one period of a sine at 25 random places, with noise. The test points are
# only used to check the evidence.

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import logsumexp
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from skbal.models import BayesianLinearRegression

NOISE = 0.2
rng = np.random.default_rng(0)


def truth(x):
    return np.sin(np.pi * x).ravel()


def noisy(n_samples):
    x = rng.uniform(-1, 1, size=(n_samples, 1))
    return x, truth(x) + NOISE * rng.normal(size=n_samples)


x, y = noisy(25)
x_test, y_test = noisy(1000)

# %%
# One model per degree
# --------------------
#
# For each degree, the evidence is also maximised over the prior variance and the noise
# variance, so nothing else has to be chosen. The powers of x are scaled to unit
# variance, because they all have the same prior. Least squares, which has no prior, is
# fitted for comparison.

degrees = np.arange(1, 13)


def fitted(degree, regression):
    powers = PolynomialFeatures(degree, include_bias=False)
    return make_pipeline(powers, StandardScaler(), regression).fit(x, y)


def error(model, x, y):
    return np.sqrt(np.mean((model.predict(x) - y) ** 2))


models = [fitted(d, BayesianLinearRegression(optimize="evidence")) for d in degrees]
evidence = np.array([model[-1].log_marginal_likelihood() for model in models])
probability = np.exp(evidence - logsumexp(evidence))  # prior: all degrees equal
train = [error(model, x, y) for model in models]
test = [error(model, x_test, y_test) for model in models]
least = [error(fitted(d, LinearRegression()), x_test, y_test) for d in degrees]
n_effective = [
    model[-1].evidence_path_["n_effective_parameters"][-1] for model in models
]

print("degree  log evidence  probability  effective     train      test  least squares")
for row in zip(degrees, evidence, probability, n_effective, train, test, least):
    print("{:6d}{:14.2f}{:13.2f}{:11.2f}{:10.3f}{:10.3f}{:15.3f}".format(*row))

# %%
# The chosen degree
# -----------------
#
# The dark band is one standard deviation of the function to either side. The light band
# is one standard deviation of a new measurement.

best = evidence.argmax()
grid = np.linspace(-1.15, 1.15, 300)[:, None]
mean, std = models[best].predict(grid, return_std=True)
function_std = np.sqrt(std**2 - models[best][-1].noise_variance_)

figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
left, middle, right = axes
left.plot(degrees, evidence, "o-")
left.plot(degrees[best], evidence[best], "o", ms=13, mfc="none", c="#D55E00")
left.set(xlabel="degree", ylabel="nats", title="Log evidence, training points only")

middle.plot(degrees, train, "o-", label="training")
middle.plot(degrees, test, "s-", label="test")
middle.plot(degrees, least, "^-", c="0.6", label="test, least squares")
middle.axhline(NOISE, c="k", ls=":", lw=1, label="noise")
middle.set(xlabel="degree", ylabel="RMSE, units of y", title="Error", ylim=(0, 1.1))
middle.legend(loc="upper center")

for width, alpha, name in [(std, 0.2, "measurement"), (function_std, 0.4, "function")]:
    right.fill_between(
        grid[:, 0], mean - width, mean + width, alpha=alpha, lw=0, fc="C0", label=name
    )
right.plot(grid, mean)
right.plot(grid, truth(grid), "k--", lw=1, label="truth")
right.plot(x, y, "ko", ms=4)
right.set(xlabel="x", ylabel="y", ylim=(-2.9, 1.7))
right.set_title(f"Largest evidence: degree {degrees[best]}")
right.legend(loc="lower left")
plt.show()

# %%
# With these 25 points, the evidence picks a cubic and gives it more than half of the
# probability. It rejects a line or a parabola by fifteen nats or more, and it falls
# slowly if unnecessary terms are added. The prior keeps these terms small, so the test
# error stays low as well: with degree 12 there are about six *effective* parameters.
# Least squares has no prior, and its test error grows.
#
# The test error of the Bayesian models is smallest at degree 5, though hardly smaller
# than at the degrees above. A sine has no finite degree, and its term of fifth order is
# real, but 25 noisy points are too few to support it. With ``noisy(100)``, degrees 3
# and 5 have nearly the same evidence. The evidence tells which model the data support
# so far, not which model is true. It also says nothing about the model outside the
# data: beyond x = 1, the truth is outside the band of the cubic at once. A band is only
# right if its model is right.
