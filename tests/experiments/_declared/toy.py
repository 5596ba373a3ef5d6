"""An experiment of coins, and a program that is killed while it runs it."""

import sys
import time
from dataclasses import replace

from skbal.experiments import Experiment, Measure, Published, reproduce

ARMS = {"fair": 0.5, "bent": 0.8}


def load(folder, settings):
    return settings["n_throws"]


def run(unit):
    return {"heads": unit.part * unit.data + unit.seed, "unit": [unit.arm, unit.seed]}


def heads(result):
    return result["heads"]


def more(reference, own):
    return own["heads"] - reference["heads"]


def draw(figure, reproduction, curves):
    ax = figure.subplots()
    ax.plot(reproduction.values("heads", "fair"))
    published = curves.get("coins")
    if published is not None:
        ax.plot(published, label="published")


COINS = Experiment(
    name="coins",
    title="How often does a coin show heads?",
    question="Is a coin fair?",
    paper="Anonymous (1900), On coins, section 1.",
    arms=ARMS,
    settings={"n_throws": 100, "odd": [1, 3]},
    load=load,
    run=run,
    measures=(Measure("heads", heads, n_digits=1), Measure("more", more, "fair")),
    n_seeds=3,
    quick={"n_throws": 10, "n_seeds": 2},
    published=(
        Published("fair", "heads", 52, "Anonymous 1900", 3),
        Published("fair", "heads", 49, "Another 1901"),
        Published("bent", "heads", 60, "Anonymous 1900", 3),
    ),
    differences=("The coins are not those of the paper.",),
    draw=draw,
)


def run_until_the_third(unit):
    if (unit.arm, unit.seed) == ("fair", 1):
        unit.unfinished.write_text("begun")
        time.sleep(60)
    return run(unit)


if __name__ == "__main__":
    reproduce(replace(COINS, run=run_until_the_third), output=sys.argv[1])
