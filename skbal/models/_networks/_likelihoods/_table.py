"""The table of likelihoods: the one place where a new one is registered."""

from skbal._utils.lazy import lazy_module

DEFAULT_LIKELIHOOD = "binomial"

# Each module has a `Likelihood` of the name LIKELIHOOD; it loads torch.
LIKELIHOODS = {
    "binomial": lazy_module("skbal.models._networks._likelihoods._binomial"),
    "beta-binomial": lazy_module("skbal.models._networks._likelihoods._beta_binomial"),
    "multinomial": lazy_module("skbal.models._networks._likelihoods._multinomial"),
    "dirichlet-multinomial": lazy_module(
        "skbal.models._networks._likelihoods._dirichlet_multinomial"
    ),
}


def likelihood_named(name):
    """Return the `Likelihood` of a name in ``LIKELIHOODS``."""
    return LIKELIHOODS[name].LIKELIHOOD
