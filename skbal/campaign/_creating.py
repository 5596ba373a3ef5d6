"""What a new campaign is made of, checked before anything is written."""

from numbers import Integral

import sqlalchemy as sa

from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count, check_real
from skbal.campaign._items import write_items
from skbal.campaign._learning import check_chooses, check_learns, check_strategy
from skbal.campaign._new_items import check_items
from skbal.campaign._parts import plain_part
from skbal.campaign._questions import Questions, to_json
from skbal.campaign._rules import check_rules
from skbal.campaign._settings import Settings
from skbal.campaign._tables import setting


def new_campaign(
    items,
    answers,
    estimator,
    query_strategy,
    *,
    names,
    rules,
    min_votes,
    max_votes,
    enhanced,
    gold,
    gold_every,
    lease_seconds,
    random_state,
):
    """Return what a new campaign is about, and what writes it.

    The parameters are those of `skbal.campaign.Campaign.create`.

    Returns
    -------
    settings : Settings
        What the campaign is about.
    fill : callable
        Takes a connection to the new database, and writes settings and items.

    Raises
    ------
    NoDrawsError, TypeError, ValueError
        If an argument is invalid, or the estimator cannot choose.
    """
    questions = Questions(answers)
    new = check_items(items, names)
    if query_strategy is not None:
        check_strategy(query_strategy)
    if estimator is not None:
        check_learns(estimator, questions)
        check_chooses(estimator, query_strategy)
    known = _check_gold(gold, questions, new.names)
    settings = Settings(
        answers=questions.plain(),
        items=new.kind,
        n_items=len(new.names),
        rules=check_rules(rules, min_votes, max_votes),
        min_votes=int(min_votes),
        enhanced=_check_enhanced(enhanced, estimator, max_votes or min_votes),
        lease_seconds=float(
            check_real(lease_seconds, "lease_seconds", "Campaign", low=1)
        ),
        n_gold=len(known),
        gold_every=check_count(gold_every, "gold_every", "Campaign", smallest=2),
        estimator=_stored(estimator, "estimator"),
        query_strategy=_stored(query_strategy, "query_strategy"),
        seed=check_count(random_state, "random_state", "Campaign", smallest=0),
    )
    places = stream(check_seed(settings.seed, "Campaign"), "places").permutation(
        settings.n_items
    )

    def fill(connection):
        settings.write(connection)
        connection.execute(sa.insert(setting).values(name="n_asked", value="0"))
        write_items(connection, new, places, known)

    return settings, fill


def _stored(part, name):
    return None if part is None else plain_part(part, name)


def _check_enhanced(enhanced, estimator, max_votes):
    if enhanced is None:
        return 0.6 if estimator is not None and max_votes > 1 else 1.0
    return float(check_real(enhanced, "enhanced", "Campaign", low=0, high=1))


def _check_gold(gold, questions, names):
    if gold is None:
        return {}
    if not isinstance(gold, dict):
        raise TypeError(
            f"gold of Campaign must be a dict of items to answers, got {gold!r:.80}."
        )
    numbers = {name: number for number, name in enumerate(names)}
    known = {}
    for which, right in gold.items():
        number = numbers.get(which) if isinstance(which, str) else which
        is_number = isinstance(number, Integral) and not isinstance(number, bool)
        if not is_number or not 0 <= number < len(names):
            raise ValueError(
                f"gold of Campaign names {which!r:.80}, which is no item. Items are "
                f"called such as {names[0]!r:.80}."
            )
        known[int(number)] = to_json(questions.check(right))
    return known
