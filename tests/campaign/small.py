"""Small campaigns for tests."""

import numpy as np

from skbal.campaign import Campaign
from skbal.campaign._bulk import Given, record_all

TREE = [
    ("shape", ["smooth", "disk", "star"]),
    ("bar", ["yes", "no"], "disk"),
    ("odd", [0, 1]),
]
# Names that a spreadsheet or a reader of CSV might take for something else.
NAMES = ["=1+1", "-cmd", "@sum", "'quoted'", 'with "quotes", commas', "two\nlines", "+"]
TOLD = [
    ("=1+1", "ann", "smooth"), ("=1+1", "=bob", "disk"), ("-cmd", "ann", None),
    ("two\nlines", "ann", "star"), ("two\nlines", "=bob", "star"),
]  # fmt: skip
OF_TREE = [
    ("=1+1", "ann", {"shape": "disk", "bar": "no", "odd": 1}),
    ("=1+1", "=bob", {"shape": "smooth", "odd": 0}),
    ("@sum", "ann", None),
    ("+", "ann", {"shape": "disk", "bar": "yes", "odd": 1}),
    ("+", "cyd", {"shape": "disk", "bar": "yes", "odd": 0}),
]


def make(folder, name, answers=("smooth", "disk", "star"), told=(), **options):
    """Return a new campaign of seven items, in which some answers were told."""
    options = {"names": NAMES, "min_votes": 3, "max_votes": 9, **options}
    items = np.arange(2.0 * len(options["names"])).reshape(-1, 2)
    campaign = Campaign.create(folder / f"{name}.db", items, list(answers), **options)
    campaign.clock = lambda: 1_600_000_000.25
    tell_all(campaign, told)
    return campaign


def tell_all(campaign, told):
    """Tell answers (name, person, answer) in one transaction."""
    given = [
        Given(
            campaign.id_of(name), person, "cannot_tell" if said is None else "answer",
            said, f"{name} of {person}",
        )
        for name, person, said in told
    ]  # fmt: skip
    record_all(campaign.store, campaign.settings, given, campaign.clock())


def said(campaign):
    """Return what everybody said about each item, as a sorted list of texts."""
    frame = campaign.answers()
    columns = (frame[name] for name in ("name", "annotator", "answer", "kind"))
    return sorted(map(str, zip(*columns)))
