"""What the page and scripts call, in JSON.

==================  ===================================================================
GET /api/next       the items to answer about next; ``?n=3&annotator=ann``
POST /api/answer    tell an answer: ``{"item": 3, "answer": "smooth", "key": "..."}``
POST /api/skip      leave an item to others: ``{"item": 3}``
POST /api/undo      take back the last answer: ``{}``, or ``{"id": 12}``
GET /api/status     where the campaign stands
GET /items/3/image  the picture of an item
==================  ===================================================================

A POST has the type "application/json". It may have an ``annotator``, else the cookie of
the page says who it is, and ``n``, the number of items that come back with the answer.
Every error is ``{"error": "what is wrong, in words"}``: 403 without the token or from
another web site, 404 for an unknown item, 409 if the person has answered differently
before, 413 for a long body, 415 for another type, 422 for what is no answer, and 503
if the answer could not be written, for instance on a full disk.
"""

import json

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, Response

from skbal.campaign._people import LONGEST_NAME, is_name
from skbal.campaign._server._shown import is_inside, picture, shown

_MOST_ITEMS = 10  # that one person holds
_MOST_DIGITS = 18  # of a number in an address: Python refuses to read very long ones


async def next_items(request):
    """Return the items that a person is asked about next.

    ``items`` has for each the ``id``, the ``name``, the ``seconds`` for which it is
    kept for the person, and ``shown``, what there is to look at. It is empty at the
    end. ``progress`` counts what the person has done.
    """
    site = request.app.state.site
    query = request.query_params
    person = site.person(request, query.get("annotator"))
    n = _number_of_items(query.get("n", "1"))
    return JSONResponse(await site.run(_turn, site, person, n))


async def tell(request):
    """Keep an answer, and return it together with the next items.

    The body has ``item`` (an id or a name), ``answer`` (null for "I cannot tell"; for
    several questions an object), and should have a ``key``, a name of this answer: told
    again under the same key, it is kept once. ``told`` has ``id``, ``item``,
    ``answer``, ``kind``, ``retired`` (a reason or null) and ``late``.
    """
    site, body = request.app.state.site, await _read(request)
    person, n = site.person(request, body.get("annotator")), _n_of(body)
    if "answer" not in body:
        raise HTTPException(422, "The body must have an 'answer', null if none fits.")
    number = await site.run(_item, site, body)
    content = _checked(site, body["answer"])
    key = _key(body)

    def keep():
        return site.campaign.tell(number, content, person, key=key)

    return await _told(site, person, n, keep)


async def skip(request):
    """Leave an item to others, and return the next ones."""
    site, body = request.app.state.site, await _read(request)
    person, n = site.person(request, body.get("annotator")), _n_of(body)
    number = await site.run(_item, site, body)
    return await _told(site, person, n, lambda: site.campaign.skip(number, person))


async def undo(request):
    """Take back the last answer of a person, and return the item with what was said.

    With an ``id``, only the answer of that number is taken back: a request that is sent
    again does not take back two. ``told`` is null if nothing was taken back, otherwise
    it has ``again``, the item to show.
    """
    site, body = request.app.state.site, await _read(request)
    person, n = site.person(request, body.get("annotator")), _n_of(body)
    expected = body.get("id")
    if expected is not None and type(expected) is not int:
        raise HTTPException(
            422, f"id must be the number of an answer, got {expected!r:.80}."
        )

    def take_back():
        told = site.campaign.undo(person, expected=expected)
        plain = None if told is None else _plain(told)
        if plain is not None:
            content = site.content(told.item)
            plain["again"] = {
                "id": told.item,
                "shown": shown(told.item, content, site.image_shape),
            }
        return {"told": plain, **_turn(site, person, n)}

    return JSONResponse(await site.run(take_back))


async def status(request):
    """Return where the campaign stands: what `panel_of` returns."""
    site = request.app.state.site
    return JSONResponse(await site.run(site.panel.get))


async def image(request):
    """Return the picture of an item, as PNG or as the file is."""
    site, text = request.app.state.site, request.path_params["number"]
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise HTTPException(404, f"There is no item {text!r:.80}.")
    number = int(text)
    try:
        data, media_type = await site.run(_picture, site, number)
    except ImportError as error:
        raise HTTPException(501, str(error)) from None
    except (OSError, ValueError):
        raise HTTPException(404, f"Item {number} has no picture.") from None
    if isinstance(data, bytes):
        return Response(data, media_type=media_type)
    return FileResponse(data, media_type=media_type)


def _picture(site, number):
    content, kind = site.content(number), site.campaign.settings.items
    if kind["kind"] == "files" and not is_inside(content, kind["folder"]):
        raise ValueError("The file lies elsewhere.")
    data, media_type = picture(content, site.image_shape)
    if not isinstance(data, bytes) and not data.is_file():
        raise FileNotFoundError(data)
    return data, media_type


def _turn(site, person, n):
    """Return the next items of a person and the progress, as plain data."""
    items = site.campaign.ask(n, person) if n else []
    now = site.campaign.clock()
    return {
        "annotator": person,
        "items": [
            {
                "id": item.id,
                "name": item.name,
                "seconds": max(0.0, item.until - now),
                "shown": shown(item.id, item.content, site.image_shape),
            }
            for item in items
        ],
        "progress": site.progress(person),
    }


async def _told(site, person, n, keep):
    def keep_and_ask():
        told = keep()
        return {"told": _plain(told), **_turn(site, person, n)}

    try:
        return JSONResponse(await site.run(keep_and_ask))
    except ValueError as error:
        # Names, items and answers were checked: what is left is another answer.
        raise HTTPException(409, str(error)) from None


def _plain(told):
    return {
        "id": told.id,
        "item": told.item,
        "answer": told.answer,
        "kind": told.kind,
        "retired": told.retired,
        "late": told.late,
    }


async def _read(request):
    """Return the body of a request, an object of JSON, as a dict."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(
            415, f"The type of the body must be application/json, got {kind!r:.80}."
        )
    try:
        body = json.loads(await request.body(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise HTTPException(422, "The body must be JSON.") from None
    if not isinstance(body, dict):
        raise HTTPException(422, f"The body must be an object, got {body!r:.80}.")
    return body


def _refuse(constant):
    raise ValueError(f"{constant} is no JSON")


def _number_of_items(text):
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not is_number or int(text) > _MOST_ITEMS:
        raise HTTPException(
            422, f"n must be a number from 0 to {_MOST_ITEMS}, got {text!r:.80}."
        )
    return int(text)


def _n_of(body):
    n = body.get("n", 1)
    return _number_of_items(str(n) if isinstance(n, int) else repr(n))


def _item(site, body):
    """Return the number of the item in the body of a request."""
    given = body.get("item")
    if isinstance(given, bool) or not isinstance(given, (int, str)):
        raise HTTPException(
            422, f"item must be the id or the name of an item, got {given!r:.80}."
        )
    try:
        return site.campaign.id_of(given)
    except ValueError as error:
        raise HTTPException(404, str(error)) from None


def _checked(site, content):
    if content is None:
        return None
    try:
        return site.campaign.settings.questions.check(content)
    except (TypeError, ValueError) as error:
        raise HTTPException(422, str(error)) from None


def _key(body):
    key = body.get("key")
    if key is not None and not (isinstance(key, str) and is_name(key)):
        raise HTTPException(
            422,
            f"key must have 1 to {LONGEST_NAME} printable characters, got {key!r:.80}.",
        )
    return key
