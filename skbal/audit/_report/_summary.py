"""What was done, how good it is and what to doubt, in a few plain sentences."""

from skbal.audit._report._words import counted, listed


def summary_of(facts, outcomes):
    """Return the sentences at the top of a report.

    Parameters
    ----------
    facts : dict
        As `facts_of` returns them.
    outcomes : sequence of Outcome
        What came of each check.

    Returns
    -------
    sentences : list of str
        Five or six of them.
    """
    by_name = {outcome.check.name: outcome for outcome in outcomes}
    sentences = [
        _what(facts),
        _who(facts),
        _how_good(by_name.get("score")),
        _helped(by_name.get("against random")),
        _doubts(outcomes),
        _not_checked(outcomes),
    ]
    return [sentence for sentence in sentences if sentence]


def _what(facts):
    if facts["source"] == "campaign":
        return _what_people_did(facts)
    pool = facts["n_pool"]
    words = f"{counted(facts['n_labels'], 'label')}"
    was = "was" if facts["n_labels"] == 1 else "were"
    words += (
        f" of {counted(pool, 'row')} {was} paid for" if pool else f" {was} collected"
    )
    if facts.get("n_queries") == 0:
        words += ", and no query was made"
    elif facts.get("n_queries") is not None:
        words += (
            f": {facts['n_first']:,} first, then "
            f"{counted(facts['n_queries'], 'query', 'queries')} whose rows "
            f"{facts['strategy'] or 'a strategy'} chose"
        )
    elif facts["strategy"]:
        # A learner without a loop does not keep which of its rows it asked about.
        words += f"; whether {facts['strategy']} chose any of them is not noted"
    words += f". {facts['model']} learned from {counted(facts['n_learned'], 'label')}"
    lost = [
        f"{facts[name]:,} {what}"
        for name, what in (
            ("n_set_aside", "set aside because they were not trusted"),
            ("n_unanswered", "left unanswered"),
        )
        if facts[name]
    ]
    return f"{words} ({listed(lost)})." if lost else f"{words}."


def _what_people_did(facts):
    words = (
        f"{counted(facts['n_people'], 'person', 'people')} gave "
        f"{counted(facts['n_answers'], 'answer')} about "
        f"{counted(facts['n_labels'], 'item')} of {facts['n_pool']:,}"
    )
    if facts["n_known_answers"]:
        words += f" (and {facts['n_known_answers']:,} about items with a known answer)"
    if facts["first_day"]:
        days = (facts["first_day"], facts["last_day"])
        words += (
            f", from {days[0]} to {days[1]}" if days[0] != days[1] else f" on {days[0]}"
        )
    if facts["model"]:
        words += (
            f". {facts['model']} learned from {counted(facts['n_learned'], 'item')}"
        )
    return f"{words}."


def _who(facts):
    if facts["source"] == "campaign":
        return ""
    if facts["oracle"] is None:
        return "Who gave the labels is not noted."
    if facts["oracle"] == "LabelOracle":
        return "The labels were known before and were hidden: this is a simulation."
    if facts["oracle"] == "NoisyOracle":
        return (
            "The labels were known before, and some were made wrong on purpose: this "
            "is a simulation."
        )
    return f"The labels were given by {facts['oracle']}."


def _how_good(outcome):
    if outcome is None or outcome.result is None:
        return "How good the model is was not measured."
    return outcome.result.verdict


def _helped(outcome):
    if outcome is None or outcome.result is None:
        return "Whether choosing helped is not known."
    return outcome.result.verdict


def _doubts(outcomes):
    ran = [outcome for outcome in outcomes if outcome.status == "ran"]
    doubts = [outcome.check.title for outcome in ran if outcome.concern is True]
    unclear = [
        outcome.check.title
        for outcome in ran
        if outcome.concern is None and outcome.check.judged
    ]
    words = f"Of {counted(len(ran), 'check')} that ran, "
    if doubts:
        words += f"{len(doubts)} found a reason for doubt: {listed(doubts, most=8)}."
    else:
        words += "none found a reason for doubt, which is no proof that there is none."
    if unclear:
        words += f" {len(unclear)} cannot tell: {listed(unclear, most=8)}."
    return words


def _not_checked(outcomes):
    names = [o.check.title for o in outcomes if o.status == "not checked"]
    if not names:
        return "Every check that applies was made."
    return f"Not checked: {listed(names, most=12)}. Below it says why."
