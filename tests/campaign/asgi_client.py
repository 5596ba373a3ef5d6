"""A client that calls an application as a server would, without a network.

Unlike the clients that Starlette can use, it sends headers and pieces of a body exactly
as it is told, such as two hosts, or a body without a length.
"""

import asyncio
import json
from http.cookies import SimpleCookie
from typing import NamedTuple


class Reply(NamedTuple):
    status: int
    headers: list  # pairs of strings
    body: bytes

    def header(self, name):
        """Return the value of a header that comes once at most, or None."""
        found = [value for key, value in self.headers if key == name]
        assert len(found) <= 1, found
        return found[0] if found else None

    @property
    def json(self):
        assert self.header("content-type") == "application/json", self
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


class Client:
    """One browser with its cookies, or one script."""

    def __init__(self, app, host="localhost:8000", **headers):
        self.app, self.host, self.cookies = app, host, {}
        self.given = [
            (name.replace("_", "-"), value) for name, value in headers.items()
        ]

    def get(self, path, *headers):
        return self.send("GET", path, *headers)

    def post(self, path, body, *headers):
        """Send a body as JSON."""
        json_type = ("content-type", "application/json")
        return self.send("POST", path, json_type, *headers, body=json.dumps(body))

    def send(self, method, path, *headers, body="", pieces=None):
        """Send a request; ``pieces`` of a body come without a length."""
        return asyncio.run(
            self.sending(method, path, *headers, body=body, pieces=pieces)
        )

    async def sending(self, method, path, *headers, body="", pieces=None):
        whole = body.encode()
        headers = [("host", self.host), *self.given, *headers]
        if self.cookies:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers.append(("cookie", pairs))
        if pieces is None:
            pieces = [whole]
            headers.append(("content-length", str(len(whole))))
        reply = await _call(self.app, _scope(method, path, headers), pieces)
        for name, value in reply.headers:
            if name == "set-cookie":
                for key, morsel in SimpleCookie(value).items():
                    self.cookies[key] = morsel.value
        return reply


def _scope(method, path, headers):
    path, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


async def _call(app, scope, pieces):
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces) - 1}
        for number, piece in enumerate(pieces)
    ]
    sent = []

    async def receive():
        if waiting:
            return waiting.pop(0)
        await asyncio.Event().wait()  # the client stays

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    start, *bodies = sent
    return Reply(
        start["status"],
        [(n.decode("latin-1"), v.decode("latin-1")) for n, v in start["headers"]],
        b"".join(message.get("body", b"") for message in bodies),
    )
