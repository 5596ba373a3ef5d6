"""What all endpoints share: the campaign, and what was set for its page."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from urllib.parse import quote, unquote

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from skbal.campaign._items import contents_of
from skbal.campaign._people import LONGEST_NAME, is_name, one_form
from skbal.campaign._server._kept import Kept
from skbal.campaign._server._panel import panel_of
from skbal.campaign._tables import annotator, answer, item

NAME_COOKIE = "skbal_name"


@dataclass(frozen=True)
class Site:
    """A campaign and its page.

    Attributes
    ----------
    campaign : Campaign
        The campaign.
    token : str or None
        What the address must have.
    annotator : str or None
        The only person, if nobody is asked for a name.
    title, question : str
        Texts of the page.
    image_shape : tuple of int or None
        Shape of an image, if rows are flattened images.
    panel : Kept
        The numbers and curves beside the item.
    """

    campaign: object
    token: str | None
    annotator: str | None
    title: str
    question: str
    image_shape: tuple | None
    panel: Kept = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "panel", Kept(lambda: panel_of(self.campaign)))

    @property
    def fingerprint(self):
        """A name of the campaign, by which a browser knows what is kept for it."""
        settings = asdict(self.campaign.settings)
        del settings["questions"]
        text = json.dumps([self.campaign.url, settings], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def person(self, request, given=None):
        """Return the name of the person who sends a request.

        Parameters
        ----------
        request : Request
            A cookie has the name that was given to the page.
        given : str or None
            The name in the request of a script, which comes first.

        Raises
        ------
        HTTPException
            If there is none, or it is no name.
        """
        if self.annotator is not None:
            return self.annotator
        name = name_in_cookie(request) if given is None else given
        if name is None:
            raise HTTPException(
                422, "annotator must be the name of the person who answers, got none."
            )
        return checked_name(name)

    async def run(self, function, *arguments):
        """Return what a function that waits for the disk returns.

        It runs in a thread, so that other people do not wait.
        """
        return await run_in_threadpool(function, *arguments)

    def content(self, number):
        """Return the content of an item, or raise an HTTPException with status 404."""
        query = sa.select(item).where(item.c.id == number)
        kind = self.campaign.settings.items

        def read(connection):
            rows = connection.execute(query).all()
            return contents_of(connection, kind, rows)

        # A larger number may be none that a database can have.
        is_item = number < self.campaign.settings.n_items
        found = self.campaign.store.read(read) if is_item else []
        if not found:
            raise HTTPException(404, f"There is no item {number}.")
        return found[0]

    def progress(self, person):
        """Return how far a person is.

        Returns
        -------
        progress : dict
            ``answered``, ``cannot_tell`` and ``skipped`` count what the person has
            said, ``left`` the open items that the person has said nothing about.
            ``last`` is the number of the person's last answer, or None.
        """
        return self.campaign.store.read(lambda c: _progress(c, person))


def _progress(connection, person):
    live = sa.and_(annotator.c.name == person, answer.c.undone_at.is_(None))
    said = sa.join(answer, annotator, answer.c.annotator_id == annotator.c.id)
    kinds = (
        sa.select(answer.c.kind, sa.func.count())
        .select_from(said)
        .where(live)
        .group_by(answer.c.kind)
    )
    count = dict(map(tuple, connection.execute(kinds)))
    n_open = sa.select(sa.func.count()).select_from(item).where(item.c.is_open)
    own_open = (
        sa.select(sa.func.count())
        .select_from(said.join(item, answer.c.item_id == item.c.id))
        .where(live, item.c.is_open)
    )
    return {
        "last": last_answer(connection, person),
        "answered": count.get("answer", 0),
        "cannot_tell": count.get("cannot_tell", 0),
        "skipped": count.get("skip", 0),
        "left": connection.execute(n_open).scalar_one()
        - connection.execute(own_open).scalar_one(),
    }


def last_answer(connection, person):
    """Return the number of the last answer of a person, or None."""
    query = (
        sa.select(sa.func.max(answer.c.id))
        .join_from(answer, annotator)
        .where(annotator.c.name == person, answer.c.undone_at.is_(None))
    )
    return connection.execute(query).scalar()


def checked_name(name):
    """Return a name in the form in which it is kept, with one space between words.

    Raises
    ------
    HTTPException
        If it is no name.
    """
    if not isinstance(name, str):
        raise HTTPException(422, f"annotator must be a string, got {name!r:.80}.")
    name = " ".join(one_form(name).split())
    if not is_name(name):
        raise HTTPException(
            422, f"A name has 1 to {LONGEST_NAME} printable characters."
        )
    return name


def name_in_cookie(request):
    """Return the name in the cookie of a request, or None."""
    name = unquote(request.cookies.get(NAME_COOKIE, ""))
    return name or None


def name_for_cookie(name):
    """Return a name in characters that a cookie can have."""
    return quote(name, safe="")
