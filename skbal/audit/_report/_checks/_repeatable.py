"""Can the run be repeated?"""

from dataclasses import dataclass
from numbers import Integral

from skbal._utils.optional import require
from skbal._utils.seeds_of import is_kept
from skbal.audit._report._check import Check
from skbal.audit._report._words import counted, listed
from skbal.audit._result import AuditResult


@dataclass(frozen=True, eq=False, repr=False)
class Repeatability(AuditResult):
    """Which parts have a seed.

    Parameters
    ----------
    seeds : dict of str to int or None
        The parameters that decide random numbers. None if it is no integer.
    """

    seeds: dict

    @property
    def unseeded(self):
        """The parameters that are no integer."""
        return tuple(name for name, seed in self.seeds.items() if seed is None)

    @property
    def verdict(self):
        """Whether the run can be repeated."""
        if self.unseeded:
            n = len(self.unseeded)
            return (
                f"{counted(n, 'part')} {'has' if n == 1 else 'have'} no seed "
                f"({listed(self.unseeded)}): the same run gives other numbers each "
                "time."
            )
        if not self.seeds:
            return "No part of it says that it uses random numbers."
        return (
            f"All random numbers follow from {counted(len(self.seeds), 'seed')} below: "
            "with the same versions and data, the run can be repeated."
        )

    @property
    def concern(self):
        """True if a part has no seed."""
        return bool(self.unseeded)

    def to_frame(self):
        """Return a table with one row per parameter.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``parameter`` and ``seed``.
        """
        pandas = require("pandas", "examples", "Repeatability.to_frame")
        seeds = ["none" if seed is None else str(seed) for seed in self.seeds.values()]
        return pandas.DataFrame({"parameter": list(self.seeds), "seed": seeds})


def run(source):
    """Collect the seeds of all parts."""
    if source.campaign is not None:
        return Repeatability({"campaign": int(source.campaign.settings.seed)})
    if source.simulation is not None:
        # All parts without a seed got one from this.
        return Repeatability({"simulation": _seed(source.simulation.random_state)})
    parts = {"estimator": source.estimator, "query_strategy": source.strategy}
    if source.loop is not None:
        parts |= {"initial": source.loop.initial, "oracle": source.oracle}
    parts["label_filter"] = getattr(source.learner, "label_filter", None)
    return Repeatability(
        {k: seed for name, part in parts.items() for k, seed in _seeds(name, part)}
    )


def _seeds(name, part):
    """Give each random state inside of a part, and its name."""
    if not hasattr(part, "get_params") or isinstance(part, type):
        return
    parameters = part.get_params(deep=True)
    for parameter, value in sorted(parameters.items()):
        owner, _, last = parameter.rpartition("__")
        if last == "random_state" and not is_kept(parameters.get(owner)):
            yield f"{name}: {parameter}", _seed(value)


def _seed(value):
    is_integer = isinstance(value, Integral) and not isinstance(value, bool)
    return int(value) if is_integer else None


CHECK = Check(
    name="repeatable",
    title="seeds",
    section="origin",
    question="Can the run be repeated?",
    run=run,
    meaning=("Give each part an integer as random_state, and run it again."),
)
