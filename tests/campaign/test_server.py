"""The page to label on, as its server answers: endpoints, people, what is refused."""

import asyncio
import json
import re
import shutil
import threading

import numpy as np
import pytest
from PIL import Image

from skbal.campaign import Campaign, make_app
from skbal.campaign._server._security import ANY_ADDRESS, MOST_BYTES
from skbal.campaign._server._shown import shown
from skbal.exceptions import CampaignError
from tests.campaign.asgi_client import Client

TREE = [
    ("shape", ["smooth", "disk", "star"]),
    ("bar", ["yes", "no"], "disk"),
    ("arms", [1, 2, 3], "disk"),
]
TOKEN = "a-long-secret"


def saved(folder, *arguments, **options):
    """Make a campaign, and return the path of its closed file."""
    path = folder / "votes.db"
    Campaign.create(path, *arguments, **options).close()
    return path


@pytest.fixture(scope="module")
def of_pictures(tmp_path_factory):
    X = np.arange(8 * 4 * 6, dtype=np.float32).reshape(8, 4, 6)
    return saved(tmp_path_factory.mktemp("pictures"), X, ["cat", "dog"])


@pytest.fixture(scope="module")
def of_a_tree(tmp_path_factory):
    texts = [f"Galaxy {number} <b>" for number in range(4)]
    return saved(tmp_path_factory.mktemp("tree"), texts, TREE, min_votes=2)


@pytest.fixture
def pictures(of_pictures, tmp_path):
    """Give a campaign of its own to each test, faster than a new one."""
    with Campaign.open(shutil.copy(of_pictures, tmp_path)) as campaign:
        yield campaign


@pytest.fixture
def tree(of_a_tree, tmp_path):
    with Campaign.open(shutil.copy(of_a_tree, tmp_path)) as campaign:
        yield campaign


def ann(campaign, **options):
    """Return a client of which the server knows that it is Ann."""
    client = Client(make_app(campaign, **options))
    client.cookies["skbal_name"] = "Ann"
    return client


def live(campaign):
    """Return what was said and not taken back, as a list of item, answer, person."""
    frame = campaign.answers()
    return list(zip(frame["item"], frame["answer"], frame["annotator"]))


# ------------------------------------------------------------------- labelling


def test_a_label_costs_one_request(pictures):
    client = ann(pictures)
    first, second = client.get("/api/next?n=2").json["items"]
    reply = client.post("/api/answer", {"item": first["id"], "answer": "dog", "n": 2})
    assert reply.json["told"] == {
        "id": 1, "item": first["id"], "answer": "dog", "kind": "answer",
        "retired": "1 answer, and 1 is enough", "late": False,
    }  # fmt: skip
    assert live(pictures) == [(first["id"], "dog", "Ann")]
    # The reply brings the item that waits, and one more.
    assert len(reply.json["items"]) == 2
    assert reply.json["items"][0]["id"] == second["id"]
    assert reply.json["progress"] == {
        "last": 1, "answered": 1, "cannot_tell": 0, "skipped": 0, "left": 7,
    }  # fmt: skip


def test_items_are_empty_at_the_end(pictures):
    client = ann(pictures)
    items = client.get("/api/next?n=8").json["items"]
    assert sorted(item["id"] for item in items) == list(range(8))
    for item in items:
        reply = client.post("/api/answer", {"item": item["id"], "answer": "cat"})
    assert reply.json["items"] == []
    assert reply.json["progress"]["left"] == 0


def test_under_one_key_an_answer_is_kept_once(pictures):
    client = ann(pictures)
    told = {"item": 3, "answer": "cat", "key": "a1"}
    first, again = client.post("/api/answer", told), client.post("/api/answer", told)
    assert first.json["told"] == again.json["told"]
    assert live(pictures) == [(3, "cat", "Ann")]
    other = client.post("/api/answer", {"item": 4, "answer": "cat", "key": "a1"})
    assert other.status == 409
    assert other.json == {"error": "key 'a1' belongs to another answer."}


def test_another_answer_of_the_same_person_is_a_conflict(pictures):
    client = ann(pictures)
    client.post("/api/answer", {"item": 3, "answer": "cat"})
    reply = client.post("/api/answer", {"item": 3, "answer": "dog"})
    assert reply.status == 409
    assert 'has already answered "cat" about item 3' in reply.json["error"]
    assert live(pictures) == [(3, "cat", "Ann")]


def test_null_means_that_the_person_cannot_tell(pictures):
    told = ann(pictures).post("/api/answer", {"item": 3, "answer": None}).json["told"]
    assert (told["kind"], told["answer"]) == ("cannot_tell", None)


def test_who_skips_an_item_is_not_asked_about_it_again(pictures):
    client = ann(pictures)
    item = client.get("/api/next").json["items"][0]["id"]
    reply = client.post("/api/skip", {"item": item, "n": 10})
    assert reply.json["told"]["kind"] == "skip"
    assert item not in {other["id"] for other in reply.json["items"]}
    assert reply.json["progress"]["skipped"] == 1
    assert reply.json["progress"]["left"] == 7


def test_undo_brings_back_the_item_and_what_was_said(pictures):
    client = ann(pictures)
    told = client.post("/api/answer", {"item": 5, "answer": "cat"}).json["told"]
    reply = client.post("/api/undo", {"id": told["id"]}).json
    assert reply["told"]["answer"] == "cat"
    assert reply["told"]["again"]["id"] == 5
    assert reply["told"]["again"]["shown"]["address"] == "items/5/image"
    assert reply["progress"]["last"] is None
    assert live(pictures) == []
    assert client.post("/api/undo", {}).json["told"] is None


def test_an_undo_that_is_sent_twice_takes_back_one_answer(pictures):
    client = ann(pictures)
    ids = [
        client.post("/api/answer", {"item": item, "answer": "cat"}).json["told"]["id"]
        for item in (1, 2)
    ]
    assert client.post("/api/undo", {"id": ids[1]}).json["told"]["item"] == 2
    assert client.post("/api/undo", {"id": ids[1]}).json["told"] is None
    assert live(pictures) == [(1, "cat", "Ann")]


def test_questions_in_turn_are_told_together(tree):
    client = ann(tree)
    said = {"shape": "disk", "bar": "no", "arms": 2}
    assert client.post("/api/answer", {"item": 0, "answer": said}).status == 200
    assert live(tree) == [(0, said, "Ann")]
    missing = client.post("/api/answer", {"item": 1, "answer": {"shape": "disk"}})
    assert missing.status == 422
    assert "must have an answer to 'bar'" in missing.json["error"]


def test_the_page_knows_which_answer_leads_to_a_question(tree):
    text = ann(tree).get("/").text
    setup = json.loads(re.search('id="setup">(.*?)</script>', text)[1])
    parents = {asked["name"]: asked["parent"] for asked in setup["questions"]}
    columns = {a["label"]: a["column"] for a in setup["questions"][0]["answers"]}
    assert parents == {"shape": None, "bar": columns["disk"], "arms": columns["disk"]}
    # Digits are their own keys.
    keys = [[a["key"] for a in asked["answers"]] for asked in setup["questions"]]
    assert keys == [["1", "2", "3"], ["1", "2"], ["1", "2", "3"]]


def test_an_item_is_named_by_number_or_name(pictures):
    client = ann(pictures)
    assert client.post("/api/skip", {"item": "3"}).json["told"]["item"] == 3
    for item in (8, 10**30, -1, "no such name"):
        reply = client.post("/api/answer", {"item": item, "answer": "cat"})
        assert reply.status == 404, item
        assert re.match("item_id .*must be", reply.json["error"])
    assert client.get("/items/8/image").status == 404
    assert client.get(f"/items/{10**30}/image").status == 404


def test_what_is_no_answer_is_refused_in_words(pictures):
    client = ann(pictures)
    for body, words in [
        ({"item": 0, "answer": "cow"}, "must be one of 'cat', 'dog', got 'cow'"),
        ({"item": 0, "answer": ["cat"]}, "must be one of 'cat', 'dog'"),
        ({"item": 0, "answer": {"shape": "cat"}}, "must be one of"),
        ({"item": 0, "answer": True}, "must be one of"),
        ({"item": 0}, "must have an 'answer'"),
        ({"answer": "cat"}, "item must be the id or the name of an item, got None"),
        ({"item": True, "answer": "cat"}, "item must be the id or the name"),
        ({"item": 0.0, "answer": "cat"}, "item must be the id or the name"),
        ({"item": 0, "answer": "cat", "key": 7}, "key must have 1 to 200 printable"),
        ({"item": 0, "answer": "cat", "key": "k" * 201}, "key must have 1 to 200"),
        ({"item": 0, "answer": "cat", "n": 11}, "n must be a number from 0 to 10"),
        ({"item": 0, "answer": "cat", "n": "2"}, "n must be a number from 0 to 10"),
        ({"item": 0, "answer": "cat", "annotator": 5}, "annotator must be a string"),
        ({"item": 0, "answer": "cat", "annotator": " "}, "1 to 200 printable"),
        ([1], "must be an object"),
    ]:
        reply = client.post("/api/answer", body)
        assert reply.status == 422, body
        assert words in reply.json["error"]
    assert live(pictures) == []


def test_what_is_no_json_is_refused(pictures):
    client, json_type = ann(pictures), ("content-type", "application/json")
    for body in ("", "{", '{"item": 0, "answer": NaN}', "[" * 60_000, "\x00"):
        reply = client.send("POST", "/api/answer", json_type, body=body)
        assert reply.status == 422, body[:9]
        assert reply.json == {"error": "The body must be JSON."}


def test_a_form_of_another_page_cannot_answer(pictures):
    # Browsers send such types to other sites without asking first.
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        reply = ann(pictures).send(
            "POST",
            "/api/answer",
            ("content-type", kind),
            body='{"item":0,"answer":"cat"}',
        )
        assert reply.status == 415
    assert live(pictures) == []


def test_nothing_tells_which_items_have_a_known_answer(tmp_path):
    path = saved(
        tmp_path, ["a", "b", "c"], ["yes", "no"], gold={0: "yes"}, gold_every=2
    )
    with Campaign.open(path) as campaign:
        client = ann(campaign)
        client.post("/api/answer", {"item": 0, "answer": "yes"})
        assert campaign.status().people[0].n_gold == 1
        for address in ("/", "/api/next?n=3", "/api/status", "/panel"):
            assert not re.search("gold|queue", client.get(address).text), address


# ---------------------------------------------------------------------- people


def test_two_people_have_different_items(pictures):
    client = Client(make_app(pictures))
    had = [
        [
            item["id"]
            for item in client.get(f"/api/next?n=4&annotator={who}").json["items"]
        ]
        for who in ("ann", "ben")
    ]
    assert sorted(had[0] + had[1]) == list(range(8))


def test_while_one_person_waits_for_the_disk_another_is_served(pictures, monkeypatch):
    is_slow, may_go_on, tell = threading.Event(), threading.Event(), pictures.tell

    def slow_tell(*arguments, **options):
        is_slow.set()
        assert may_go_on.wait(30)
        return tell(*arguments, **options)

    monkeypatch.setattr(pictures, "tell", slow_tell)
    client = ann(pictures)
    json_type = ("content-type", "application/json")

    async def both():
        body = json.dumps({"item": 0, "answer": "cat"})
        slow = asyncio.create_task(
            client.sending("POST", "/api/answer", json_type, body=body)
        )
        while not is_slow.is_set():
            await asyncio.sleep(0.001)
        other = await client.sending("GET", "/api/next?annotator=Ben")
        finished_first = not slow.done()
        may_go_on.set()
        return other, finished_first, await slow

    other, finished_first, slow = asyncio.run(both())
    assert (other.status, slow.status, finished_first) == (200, 200, True)


def test_a_name_is_asked_once_and_kept(pictures):
    client = Client(make_app(pictures))
    assert 'name="name"' in client.get("/").text
    reply = client.send("POST", "/name", body="name=+Zoe%CC%88++%3Cb%3E")  # e and dots
    assert (reply.status, reply.header("location")) == (303, "./")
    assert "HttpOnly" in reply.header("set-cookie")
    page = client.get("/").text
    assert '<span class="name">Zoë &lt;b&gt;</span>' in page
    assert client.get("/api/next").json["annotator"] == "Zoë <b>"
    # "Not you?" offers the name, escaped.
    assert 'value="Zoë &lt;b&gt;"' in client.get("/name").text


def test_what_is_no_name_is_asked_again(pictures):
    client = Client(make_app(pictures))
    for name in ("", "+++", "a" * 201, "a%00b", "a%1Bb"):
        reply = client.send("POST", "/name", body=f"name={name}")
        assert reply.status == 422, name
        assert "A name has 1 to 200 printable characters." in reply.text
    assert client.cookies == {}


def test_a_cookie_that_is_no_name_asks_for_one(pictures):
    client = Client(make_app(pictures))
    client.cookies["skbal_name"] = "%01hand"  # no person may have this name
    assert 'name="name"' in client.get("/").text
    assert client.get("/api/next").status == 422


def test_the_only_person_is_not_asked_for_a_name(pictures):
    client = Client(make_app(pictures, annotator="Eve"))
    assert '<span class="name">Eve</span>' in client.get("/").text
    assert client.get("/name").status == 303
    assert client.get("/api/next?annotator=Ben").json["annotator"] == "Eve"


def test_without_a_name_a_script_is_told_so(pictures):
    reply = Client(make_app(pictures)).get("/api/next")
    assert reply.status == 422
    assert "annotator must be the name" in reply.json["error"]


def test_all_that_people_write_is_escaped(tmp_path):
    evil = "</script><script>alert(1)</script>"
    path = saved(tmp_path, [evil, "b"], [evil, "no"])
    with Campaign.open(path) as campaign:
        client = Client(make_app(campaign, title=evil, question=evil))
        client.send("POST", "/name", body=f"name={evil.replace('/', '%2F')}")
        for address in ("/", "/name", "/panel"):
            assert "<script>" not in client.get(address).text, address
        setup = re.search('id="setup">(.*?)</script>', client.get("/").text)[1]
        setup = json.loads(setup)
    assert setup["annotator"] == evil
    assert setup["questions"][0]["answers"][0]["value"] == evil


# -------------------------------------------------------------------- security


def test_without_the_token_nothing_is_answered(pictures):
    app = make_app(pictures, token=TOKEN)
    for client in (Client(app), Client(app, authorization="Bearer wrong-secret")):
        client.cookies = {"skbal_name": "Ann", "skbal_token_00000000": TOKEN}
        for address in ("/", "/name", "/panel", "/api/next", "/items/0/image", "/x"):
            assert client.get(address).status == 403, address
        for address in ("/api/answer", "/api/skip", "/api/undo"):
            reply = client.post(address, {"item": 0, "answer": "cat"})
            assert reply.status == 403
            assert "token" in reply.json["error"]
        assert client.get(f"/?token={TOKEN[:-1]}").status == 403
        # Only the page takes it from its address.
        assert client.get(f"/api/next?token={TOKEN}").status == 403
    assert live(pictures) == []
    assert Client(app).get("/static/page.css").status == 200


def test_the_token_stands_in_the_address_once(pictures):
    client = ann(pictures, token=TOKEN)
    reply = client.get(f"/?token={TOKEN}")
    assert reply.status == 200
    cookie = reply.header("set-cookie")
    assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
    assert client.get("/").status == 200
    assert client.get("/api/next").status == 200


def test_the_cookie_is_kept_also_where_a_name_is_asked_first(pictures):
    client = Client(make_app(pictures, token=TOKEN))
    assert 'name="name"' in client.get(f"/?token={TOKEN}").text
    assert client.send("POST", "/name", body="name=Ann").status == 303
    assert 'id="setup"' in client.get("/").text


def test_a_script_sends_the_token_in_a_header(pictures):
    client = Client(make_app(pictures, token=TOKEN), authorization=f"Bearer {TOKEN}")
    assert client.get("/api/next?annotator=bot").status == 200


def test_a_token_that_cannot_stand_in_an_address_is_refused(pictures):
    for token in ("short", "a space inside", "é" * 9, 12345678, ""):
        with pytest.raises(ValueError, match="token of make_app must have 8 to 200"):
            make_app(pictures, token=token)


def test_a_name_that_was_made_to_lead_here_is_refused(pictures):
    client = Client(make_app(pictures))
    for client.host in (
        "evil.example", "evil.example:8000", "localhost.evil.example", "10.0.0.5:8000",
        "127.0.0.1.evil.example", "evil@localhost.example", "", "[::1", "0.0.0.0",
    ):  # fmt: skip
        for address in ("/", "/api/next?annotator=a", "/static/page.css"):
            assert client.get(address).status == 403, client.host


def test_names_of_this_machine_are_served(pictures):
    client = Client(make_app(pictures))
    for client.host in ("localhost", "LOCALHOST:1", "127.0.0.1:80", "[::1]:8"):
        assert client.get("/").status == 200, client.host


def test_one_host_must_be_named(pictures):
    client = Client(make_app(pictures))
    assert client.get("/", ("host", "evil.example")).status == 403


def test_any_address_in_digits_is_served_if_wanted(pictures):
    app = make_app(pictures, names=(ANY_ADDRESS, "lab.example"))
    served = {
        host: Client(app, host=host).get("/").status
        for host in ("10.0.0.5:80", "[fe80::1]:80", "lab.example", "evil.example")
    }
    assert list(served.values()) == [200, 200, 200, 403]


def test_an_answer_from_another_web_site_is_refused(pictures):
    client = ann(pictures)
    for header in (
        ("origin", "http://evil.example"),
        ("origin", "http://localhost:9000"),
        ("origin", "http://localhost:8000.evil.example"),
        ("origin", "null"),
        ("origin", "http://[::1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ):
        for address in ("/api/answer", "/api/skip", "/api/undo", "/name"):
            reply = client.post(address, {"item": 0, "answer": "cat"}, header)
            assert reply.status == 403, header
            assert b"another web site" in reply.body
    assert live(pictures) == []


def test_another_web_site_may_link_to_the_page_and_to_nothing_else(pictures):
    client = ann(pictures)
    link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    embedded = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]
    assert client.get("/", *link).status == 200
    assert client.get("/", *embedded).status == 403
    for address in ("/api/next", "/api/status", "/items/0/image"):
        assert client.get(address, *link).status == 403
        assert client.get(address, *embedded).status == 403


def test_the_page_itself_may_answer(pictures):
    own = [("origin", "http://LOCALHOST:8000"), ("sec-fetch-site", "same-origin")]
    reply = ann(pictures).post("/api/answer", {"item": 0, "answer": "cat"}, *own)
    assert reply.status == 200


def test_a_long_body_is_refused_with_and_without_a_length(pictures):
    client = ann(pictures)
    kind = ("content-type", "application/json")
    start = b'{"item": 0, "answer": "cat", "more": "'
    for n_bytes, status in ((MOST_BYTES, 200), (MOST_BYTES + 1, 413)):
        whole = start + b"x" * (n_bytes - len(start) - 2) + b'"}'
        pieces = [whole[i : i + 10_000] for i in range(0, len(whole), 10_000)]
        known = client.send("POST", "/api/answer", kind, body=whole.decode())
        unknown = client.send("POST", "/api/answer", kind, pieces=pieces)
        assert (known.status, unknown.status) == (status, status)
    assert f"at most {MOST_BYTES} bytes" in unknown.json["error"]
    for length in ("-1", "many", str(10**12)):
        lies = client.send(
            "POST", "/api/answer", kind, ("content-length", length), pieces=[b"{}"]
        )
        assert lies.status == 413
    assert (
        client.send("POST", "/name", pieces=[b"name=" + b"a" * MOST_BYTES]).status
        == 413
    )


def test_every_reply_has_the_headers_that_protect_a_page(pictures, monkeypatch):
    def broken(*arguments):
        raise CampaignError("votes.db: the disk is full (no space).")

    monkeypatch.setattr(pictures, "skip", broken)
    client = ann(pictures)
    replies = {
        address: client.get(address)
        for address in ("/", "/name", "/panel", "/api/next", "/items/0/image", "/x",
                        "/api/x", "/static/page.js", "/static/x", "/api/answer")
    }  # fmt: skip
    replies["full"] = client.post("/api/skip", {"item": 0})
    client.host = "evil.example"
    replies["host"] = client.get("/")
    statuses = [reply.status for reply in replies.values()]
    assert statuses == [200] * 5 + [404, 404, 200, 404, 405, 503, 403]
    for name, reply in replies.items():
        policy = reply.header("content-security-policy")
        assert "unsafe" not in policy, name
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert reply.header("x-content-type-options") == "nosniff"
        kept = "no-cache" if name.startswith("/static/") else "no-store"
        assert reply.header("cache-control") == kept
    assert replies["full"].json["error"].startswith("votes.db: the disk is full")


def test_an_error_of_ours_is_told_without_details(pictures, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(pictures, "ask", broken)
    sent = []
    client = ann(pictures)

    async def app(scope, receive, send):
        async def note(message):
            sent.append(message)

        await make_app(pictures)(scope, receive, note)

    client.app = app
    # The server, which logs it, gets the error itself.
    with pytest.raises(RuntimeError, match="secret detail"):
        client.get("/api/next")
    headers = dict(sent[0]["headers"])
    assert sent[0]["status"] == 500
    assert json.loads(sent[1]["body"])["error"].startswith("Something is wrong")
    assert b"default-src 'none'" in headers[b"content-security-policy"]
    assert headers[b"cache-control"] == b"no-store"


def test_pages_have_no_script_or_style_of_their_own(pictures):
    client = ann(pictures)
    for address in ("/", "/name", "/panel", "/x"):
        text = client.get(address).text
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text), address
        scripts = re.findall(r"<script([^>]*)>", text)
        assert all("src=" in one or "application/json" in one for one in scripts)
        assert not re.search(r'(src|href)="(https?:)?//', text), address


# --------------------------------------------------------------- what is shown


def test_an_array_is_a_picture(pictures):
    client = ann(pictures)
    shown = client.get("/api/next").json["items"][0]["shown"]
    assert (shown["width"], shown["height"]) == (6, 4)
    reply = client.get("/" + shown["address"])
    assert reply.header("content-type") == "image/png"
    assert reply.body.startswith(b"\x89PNG")


def test_a_text_comes_as_it_is(tree):
    items = ann(tree).get("/api/next?n=4").json["items"]
    shown = {item["id"]: item["shown"] for item in items}
    assert shown[2] == {"kind": "text", "text": "Galaxy 2 <b>"}
    assert ann(tree).get("/items/2/image").status == 404


@pytest.fixture
def files(tmp_path):
    """Give a campaign of three files, of which one is too short to be a picture."""
    folder = tmp_path / "files"
    folder.mkdir()
    Image.fromarray(np.zeros((3, 5), dtype=np.uint8)).save(folder / "a.png")
    Image.fromarray(np.zeros((2, 4, 3), dtype=np.uint8)).save(folder / "b.jpg")
    (folder / "c.png").write_bytes(b"nothing")
    Image.new("L", (9, 9)).save(tmp_path / "secret.png")
    with Campaign.open(saved(tmp_path, folder, ["yes", "no"])) as campaign:
        yield campaign, folder


def test_files_come_as_they_are(files):
    campaign, folder = files
    client = ann(campaign)
    items = client.get("/api/next?n=3").json["items"]
    sizes = {i["name"]: (i["shown"]["width"], i["shown"]["height"]) for i in items}
    assert sizes == {"a.png": (5, 3), "b.jpg": (4, 2), "c.png": (None, None)}
    reply = client.get("/items/1/image")
    assert reply.header("content-type") == "image/jpeg"
    assert reply.body == (folder / "b.jpg").read_bytes()
    (folder / "b.jpg").unlink()
    assert client.get("/items/1/image").status == 404


def test_no_other_file_can_be_read(files):
    campaign, folder = files
    client = ann(campaign)
    secret = folder.parent / "secret.png"
    (folder / "a.png").unlink()
    (folder / "a.png").symlink_to(secret)
    assert client.get("/items/0/image").status == 404
    # Also if somebody has changed the database.
    for name in ("../secret.png", str(secret), "../votes.db"):
        campaign.store.write(
            lambda connection, name=name: connection.exec_driver_sql(
                "UPDATE item SET name = ? WHERE id = 1", (name,)
            )
        )
        assert client.get("/items/1/image").status == 404, name
    for path in ("/static/../_app.py", "/static/%2e%2e/_app.py", "/items/../x/image"):
        assert client.get(path).status == 404


def test_image_shape_must_be_that_of_the_rows(pictures, tree):
    with pytest.raises(ValueError, match="image_shape of make_app"):
        make_app(pictures, image_shape=(5, 5))
    with pytest.raises(ValueError, match="for items that are arrays"):
        make_app(tree, image_shape=(5, 5))


def test_numbers_of_any_length_are_refused_in_words(pictures):
    """Python does not read a number of more than 4,300 digits."""
    client, digits = ann(pictures), "1" * 5_000
    assert client.get(f"/api/next?n={digits}").status == 422
    assert client.get(f"/items/{digits}/image").status == 404
    for length in (digits, "\xb2", "-1"):
        given = ("content-length", length)
        assert client.send("POST", "/api/skip", given, pieces=[b"{}"]).status == 413
    for number in (True, [1], "1"):
        assert client.post("/api/undo", {"id": number}).status == 422


@pytest.mark.parametrize("host", ["localhost/x", "localhost#.evil.org", "x@localhost"])
def test_a_host_is_a_name_and_nothing_else(pictures, host):
    assert Client(make_app(pictures), host=host).get("/name").status == 403


def _no_pixels(self):
    raise AssertionError("all pixels are read")


def test_the_size_of_a_picture_is_known_without_its_pixels(tmp_path, monkeypatch):
    turned = Image.new("L", (5, 3))
    exif = turned.getexif()
    exif[0x0112] = 6  # by a quarter
    for ending in ("png", "jpg"):
        turned.save(tmp_path / f"turned.{ending}", exif=exif)
        Image.new("L", (5, 3)).save(tmp_path / f"plain.{ending}")
    Image.new("1", (9_500, 9_500)).save(tmp_path / "large.png")  # Pillow warns of it
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", _no_pixels)
    sizes = {}
    for path in tmp_path.iterdir():
        found = shown(0, path)
        sizes[path.name] = (found["width"], found["height"])
    assert sizes == {
        "turned.png": (3, 5), "turned.jpg": (3, 5),
        "plain.png": (5, 3), "plain.jpg": (5, 3),
        "large.png": (None, None),
    }  # fmt: skip
