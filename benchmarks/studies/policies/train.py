"""Train the policy that comes with skbal, and those that a table was left out for.

``python -m benchmarks.studies.policies.train`` writes ``skbal/policy/shipped.json``. It
needs no file: the tables are those of `_training_tables.py`. It takes about ten minutes
of one core, and gives the same file each time.

With ``--data FOLDER``, where ``lal_uci.npz`` is, it also trains on the fifteen tables
that only the study knows, and writes a policy for each of the eighteen tables of
`_tables.py`, found without the runs on this table, to ``results/left_out``. The shipped
policy stays the same, since the runs on a table depend on its number only.
"""

import argparse
from pathlib import Path

import skbal
from skbal.policy import PolicySearch

from ._episodes import MODELS, MOST_ROWS
from ._strategies import LEFT_OUT
from ._tables import TABLES, load
from ._training_tables import OF_BOTH, standardised, training_tables

SHIPPED = Path(skbal.__file__).parent / "policy" / "shipped.json"


def searched(tables, verbose=0):
    """Return the search that the shipped policy comes from.

    Parameters
    ----------
    tables : list of tuple
        Pairs (X, y).
    verbose : int, default=0
        Whether to show a progress bar.

    Returns
    -------
    search : PolicySearch
    """
    # A seed of None is set anew for each split.
    models = [make(None) for make in MODELS.values()]
    search = PolicySearch(
        n_episodes=1, n_trials=4, max_rows=MOST_ROWS, random_state=0, verbose=verbose
    )
    return search.fit(tables, models)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="folder of lal_uci.npz, for all policies")
    data = parser.parse_args().data
    tables = training_tables()
    n_own, names = len(tables), [name for name in TABLES if name not in OF_BOTH]
    if data is not None:
        tables += [standardised(*load(name, data)) for name in names]
    search = searched(tables, verbose=1)
    search.policy_without(range(n_own, len(tables))).save(SHIPPED)
    print(f"{SHIPPED}: {search.policy_without(range(n_own, len(tables)))}")
    if data is None:
        return
    LEFT_OUT.mkdir(parents=True, exist_ok=True)
    number = {name: n_own + i for i, name in enumerate(names)}
    number |= {name: n_own - len(OF_BOTH) + i for i, name in enumerate(OF_BOTH)}
    for name in TABLES:
        policy = search.policy_without([number[name]])
        policy.save(LEFT_OUT / f"{name.replace(' ', '_')}.json")


if __name__ == "__main__":
    main()
