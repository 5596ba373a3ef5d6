"""The pages that people see."""

from pathlib import Path
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.templating import Jinja2Templates

from skbal.campaign._server._charts import calibration_chart, curve_chart, pace_chart
from skbal.campaign._server._keys import keys_of
from skbal.campaign._server._security import token_cookie
from skbal.campaign._server._site import (
    NAME_COOKIE,
    checked_name,
    name_for_cookie,
    name_in_cookie,
)

HERE = Path(__file__).parent
_templates = Jinja2Templates(HERE / "templates")
_YEAR = 365 * 24 * 3600  # seconds


async def label_page(request):
    """Show the page to label on, or ask for a name first.

    The token stands in the address once. It is answered with the page and not with a
    new address: a browser that comes from elsewhere would not send the cookie there.
    """
    site = request.app.state.site
    try:
        person = site.person(request)
    except HTTPException:
        return _with_token(request, _name_form(request))
    setup = {
        "campaign": site.fingerprint,
        "annotator": person,
        "questions": questions_for_page(site),
    }
    values = {"site": site, "person": person, "setup": setup}
    page = _templates.TemplateResponse(request, "label.html", values)
    return _with_token(request, page)


def questions_for_page(site):
    """Return the questions with a key for each answer, as plain data."""
    questions = site.campaign.settings.questions
    return [
        {
            "name": None if questions.is_one else ask.name,
            "title": site.question if questions.is_one else ask.name,
            "parent": ask.parent,
            "answers": [
                {"value": label, "label": str(label), "column": column, "key": key}
                for label, column, key in zip(
                    labels,
                    range(ask.columns.start, ask.columns.stop),
                    keys_of(labels),
                )
            ],
        }
        for ask, labels in zip(questions.asked, questions.labels)
    ]


async def name_page(request):
    """Ask for the name of the person, and keep it in a cookie."""
    if request.app.state.site.annotator is not None:
        return RedirectResponse("./", status_code=303)
    if request.method != "POST":
        return _name_form(request)
    body = (await request.body()).decode("utf-8", "replace")
    given = parse_qs(body).get("name", [""])[0]
    try:
        name = checked_name(given)
    except HTTPException as error:
        return _name_form(request, given, error.detail, status_code=422)
    response = RedirectResponse("./", status_code=303)
    _set_cookie(request, response, NAME_COOKIE, name_for_cookie(name), "lax")
    return response


def _name_form(request, given=None, error=None, status_code=200):
    given = name_in_cookie(request) or "" if given is None else given
    values = {"site": request.app.state.site, "given": given, "error": error}
    return _templates.TemplateResponse(
        request, "name.html", values, status_code=status_code
    )


def _with_token(request, response):
    token = request.app.state.site.token
    if token is not None:
        _set_cookie(request, response, token_cookie(token), token, "strict")
    return response


def _set_cookie(request, response, name, value, same_site):
    response.set_cookie(
        name,
        value,
        max_age=_YEAR,
        httponly=True,
        samesite=same_site,
        secure=request.scope["scheme"] == "https",
    )


async def panel(request):
    """Return the numbers and curves beside the item, as a piece of a page."""
    site = request.app.state.site
    numbers = await site.run(site.panel.get)
    values = {
        "numbers": numbers,
        "status": numbers["status"],
        "curve": curve_chart(numbers["history"]),
        "calibration": calibration_chart(numbers["calibration"]),
        "pace": pace_chart(numbers["pace"]),
    }
    return _templates.TemplateResponse(request, "panel.html", values)


def message_page(request, status_code, words):
    """Return a page that says what is wrong."""
    values = {"status": status_code, "words": words}
    return _templates.TemplateResponse(
        request, "message.html", values, status_code=status_code
    )
