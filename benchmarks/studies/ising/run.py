"""What a network learned of the Ising model: two tables of the user guide.

``python -m benchmarks.studies.ising.run PART [RUNS.jsonl]`` adds a line for each run. A
run that was stopped goes on when the command is given again. ``report.py`` makes the
tables. All data are made here. PART is one of these:

- ``transfer``: a network that has seen spins of one kind only, such as cold ones with
  positive magnetisation, is applied to another kind. `generalisation_report` gives the
  errors and says whether it is overspecialised.
- ``pixels``: a network of convolutions and one of dense layers, on columns as they are
  and permuted: spins after a quench, spins in equilibrium, and a table of simulated
  collisions of particles, written as a 4 x 4 image.

The critical temperature from few labels is an experiment: ``skbal reproduce ising``.
"""

import argparse
from pathlib import Path

from .._runs import append, read
from . import pixels, transfer

RESULTS = Path(__file__).parent / "results"


def new_records(options, records):
    """Give the records of a part that are not among those kept."""
    if options.part == "transfer":
        done = {(r["case"], r["repeat"]) for r in records}
        return transfer.runs(options.repeats, done)
    done = {(r["data"], r["repeat"]) for r in records}
    return pixels.runs(options.repeats, done)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=("transfer", "pixels"))
    parser.add_argument("runs", nargs="?", help="file of the runs of the part")
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    path = options.runs or RESULTS / f"{options.part}.jsonl"
    for record in new_records(options, read(path)):
        append(path, record)


if __name__ == "__main__":
    main()
