"""The application: which address leads to what, and what is wrong in words."""

import re

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from skbal.campaign._server import _api, _pages
from skbal.campaign._server._security import (
    HEADERS,
    LOOPBACK,
    Guard,
    check_token,
    path_of,
)
from skbal.campaign._server._shown import check_image_shape
from skbal.campaign._server._site import Site, checked_name
from skbal.exceptions import CampaignError

_OWNER = "make_app"


def make_app(
    campaign,
    *,
    token=None,
    annotator=None,
    names=LOOPBACK,
    title=None,
    question="What do you see?",
    image_shape=None,
):
    """Return the page to label on as an application for any ASGI server.

    Parameters
    ----------
    campaign : Campaign
        The campaign. Several servers may have the same one.
    token : str, optional
        What the address of the page must have, as "?token=...". Scripts send it as
        "Authorization: Bearer ...". ``None`` lets in everybody who reaches the server.
    annotator : str, optional
        Name of the only person. ``None`` asks each person for a name. Nobody checks
        that a name is true.
    names : sequence of str, default=("localhost", "127.0.0.1", "::1")
        Names and addresses under which the server is called. Others are refused, since
        another web site can make a name of its own lead to this server.
    title : str, optional
        Title of the page. ``None`` uses the name of the database.
    question : str, default="What do you see?"
        What people are asked, if the campaign has one question.
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the items
        are flattened images.

    Returns
    -------
    app : starlette.applications.Starlette

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid.

    Examples
    --------
    >>> import tempfile
    >>> from skbal.campaign import Campaign
    >>> folder = tempfile.TemporaryDirectory()
    >>> url = f"{folder.name}/words.db"
    >>> campaign = Campaign.create(url, ["I loved it", "Never again"], ["good", "bad"])
    >>> app = make_app(campaign, token="a-long-secret")
    >>> campaign.close()
    >>> folder.cleanup()
    """
    check_token(token)
    check_image_shape(image_shape, campaign.settings.items)
    if annotator is not None:
        annotator = _only_person(annotator)
    if title is None:
        title = _title_of(campaign.url)
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Guard, names=names, token=token, refuse=_refuse)],
        exception_handlers={
            HTTPException: _refuse,
            CampaignError: _not_written,
            Exception: _broken,
        },
    )
    app.state.site = Site(campaign, token, annotator, title, question, image_shape)
    return app


def _routes():
    return [
        Route("/", _pages.label_page),
        Route("/name", _pages.name_page, methods=["GET", "POST"]),
        Route("/panel", _pages.panel),
        Route("/api/next", _api.next_items),
        Route("/api/answer", _api.tell, methods=["POST"]),
        Route("/api/skip", _api.skip, methods=["POST"]),
        Route("/api/undo", _api.undo, methods=["POST"]),
        Route("/api/status", _api.status),
        Route("/items/{number}/image", _api.image),
        Mount("/static", StaticFiles(directory=_pages.HERE / "static")),
    ]


def _only_person(annotator):
    try:
        return checked_name(annotator)
    except HTTPException as error:
        raise ValueError(f"annotator of {_OWNER}: {error.detail}") from None


def _title_of(url):
    name = re.split(r"[/\\]", url.partition("?")[0])[-1]
    return name.rpartition(".")[0] or name


def _refuse(request, error):
    """Return what is wrong, as JSON to scripts and as a page to people."""
    # Not request.url, which a wrong name of the host makes fail.
    if path_of(request.scope).startswith(("/api/", "/items/", "/static/")):
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)
    return _pages.message_page(request, error.status_code, error.detail)


def _not_written(request, error):
    return _refuse(request, HTTPException(503, str(error)))


def _broken(request, error):
    # Sent from outside of the guard, which adds headers to all else. The server's log
    # has the error itself.
    words = "Something is wrong in the server. Its log says what."
    response = _refuse(request, HTTPException(500, words))
    response.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return response
