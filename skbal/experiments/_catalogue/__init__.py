"""The experiments that skbal declares, one a file.

A file has the name of its experiment and a constant ``EXPERIMENT``.
"""

import importlib

NAMES = (
    "gal2017",
    "deterministic",
    "consistent",
    "batchbald",
    "powerbald",
    "epig",
    "glyphs",
    "emnist",
    "cinic10",
    "cifar10",
    "fewlabels",
    "ising",
    "uci",
    "laplace",
    "walmsley2020",
    "uncertainty2025",
    "posteriors",
)


def load_experiment(name):
    """Return the experiment of a paper that skbal declares.

    Parameters
    ----------
    name : str
        Its name, such as "gal2017".

    Returns
    -------
    experiment : Experiment

    Raises
    ------
    ValueError
        If there is none of this name. The message lists all.

    Examples
    --------
    >>> from skbal.experiments import load_experiment
    >>> list(load_experiment("gal2017").arms)[:2]
    ['BALD', 'Variation ratios']
    """
    if name not in NAMES:
        raise ValueError(
            f"experiment of reproduce must be one of {', '.join(NAMES)}, got {name!r}."
        )
    return importlib.import_module(f"{__name__}._{name}").EXPERIMENT


def list_experiments():
    """Return the experiments that skbal declares.

    Returns
    -------
    titles : dict of str to str
        For each name, what the experiment is about.

    Examples
    --------
    >>> from skbal.experiments import list_experiments
    >>> "gal2017" in list_experiments()
    True
    """
    return {name: load_experiment(name).title for name in NAMES}
