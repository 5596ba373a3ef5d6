"""Names of items and of columns, which several tables share."""

import sqlalchemy as sa

from skbal.campaign._tables import item


def column_names(questions, others):
    """Return a name for the column of each answer.

    Parameters
    ----------
    questions : Questions
        Those of the campaign.
    others : set of str
        Names of other columns of the table.

    Returns
    -------
    names : list of str
        The answers or, of several questions, "question_answer". If two of them would
        have the same name, "question: answer".

    Examples
    --------
    >>> from skbal.campaign._questions import Questions
    >>> column_names(Questions(["smooth", "disc"]), {"name"})
    ['smooth', 'disc']
    >>> column_names(Questions(["name", "address"]), {"name"})
    ['answer: name', 'answer: address']
    """
    names = [
        answer if questions.is_one else f"{ask.name}_{answer}"
        for ask in questions.asked
        for answer in ask.answers
    ]
    if len(set(names) | others) < len(names) + len(others):
        return list(questions.columns)
    return names


def item_names(campaign):
    """Return the names of all items, in their order."""
    query = sa.select(item.c.name).order_by(item.c.id)
    return campaign.store.read(
        lambda connection: connection.execute(query).scalars().all()
    )
