"""What a comparison is of: its parts in words, and how it was made."""

from skbal._utils.provenance import described, versions

_SETTINGS = (
    "estimator",
    "n_queries",
    "n_instances",
    "initial",
    "label_filter",
    "oracle_noise",
    "max_rejected",
    "test_size",
    "scoring",
)


def with_provenance(comparison, settings, strategies):
    """Return a comparison after noting in it and its histories what they are of.

    Parameters
    ----------
    comparison : Comparison
        It was made by these settings.
    settings : RunSettings
        What all runs share.
    strategies : dict of str to strategy
        The strategies by name.

    Returns
    -------
    comparison : Comparison
        The same object.
    """
    for name, repeats in comparison.histories.items():
        for number, history in enumerate(repeats):
            # A run out of a folder has no other name there, and may be an old one.
            of_run = {"strategy": name, "repeat": number}
            history.provenance = {**(history.provenance or {}), **of_run}
    # A worker may have loaded torch, and this process not.
    first = comparison.histories[comparison.reference][0].provenance
    comparison.provenance = {
        "strategies": {name: described(part) for name, part in strategies.items()},
        **{name: described(getattr(settings, name)) for name in _SETTINGS},
        "n_repeats": comparison.n_repeats,
        "random_state": comparison.random_state,
        "versions": {**first.get("versions", {}), **versions()},
    }
    return comparison
