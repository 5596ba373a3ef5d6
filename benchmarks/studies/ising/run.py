"""The phases of the Ising model: found actively, and what a network learned of them.

``python -m benchmarks.studies.ising.run PART [RUNS.jsonl]`` adds a line for each run. A
run that was stopped goes on when the command is given again. ``report.py`` makes the
tables. All data are made here. PART is one of these:

- ``active``: the critical temperature from up to 200 labels of 5,000 configurations,
  with temperatures from 1 to 3.5. The oracle ``knows`` says whether a configuration is
  from below the critical temperature. The oracle ``far`` knows nothing about it: it
  answers below 1.8 and above 2.9, and says nothing in between, which is paid for, too.
  A network sees the spins alone. Its estimate is the temperature at which its
  probability of order, made monotone by isotonic regression, falls through 1/2. BALD
  and random choice begin with the same 20 rows. The network ``turned`` learns that the
  phase has no sign: each image of a training batch is turned over at random.
- ``transfer``: a network that has seen spins of one kind only, such as cold ones with
  positive magnetisation, is applied to another kind. `generalisation_report` gives the
  errors and says whether it is overspecialised.
- ``pixels``: a network of convolutions and one of dense layers, on columns as they are
  and permuted: spins after a quench, spins in equilibrium, and a table of simulated
  collisions of particles, written as a 4 x 4 image.
"""

import argparse
from pathlib import Path

from .._runs import append, read
from . import active, pixels, transfer

RESULTS = Path(__file__).parent / "results"


def new_records(options, records):
    """Give the records of a part that are not among those kept."""
    if options.part == "active":
        keys = ("size", "repeat", "network", "oracle", "strategy")
        done = {tuple(r[key] for key in keys) for r in records}
        return active.runs(
            options.sizes, options.networks, options.oracles, options.repeats, done
        )
    if options.part == "transfer":
        done = {(r["case"], r["repeat"]) for r in records}
        return transfer.runs(options.repeats, done)
    done = {(r["data"], r["repeat"]) for r in records}
    return pixels.runs(options.repeats, done)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=("active", "transfer", "pixels"))
    parser.add_argument("runs", nargs="?", help="file of the runs of the part")
    parser.add_argument("--sizes", type=int, nargs="+", default=[16, 32])
    parser.add_argument("--networks", nargs="+", default=active.NETWORKS)
    parser.add_argument("--oracles", nargs="+", default=active.ORACLES)
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    path = options.runs or RESULTS / f"{options.part}.jsonl"
    for record in new_records(options, read(path)):
        append(path, record)


if __name__ == "__main__":
    main()
