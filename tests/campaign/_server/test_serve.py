"""The server: where it listens, what it says, and that it speaks HTTP."""

import json
import socket
import threading
import urllib.request

import pytest

from skbal.__main__ import _command_line, main
from skbal.campaign import Campaign, serve
from skbal.campaign._server import _serve
from tests.campaign.asgi_client import Client


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    path = tmp_path_factory.mktemp("serve") / "words.db"
    with Campaign.create(path, ["one", "two"], ["a", "b"]) as campaign:
        yield campaign


@pytest.fixture
def started(monkeypatch):
    """Give the servers that would run, without running them."""
    servers = []

    def run(server, sockets):
        servers.append((server, sockets[0].getsockname()))
        server._on_start()

    monkeypatch.setattr(_serve._Server, "run", run)
    return servers


def app_of(servers):
    return servers[-1][0].config.app


def test_on_this_machine_no_token_is_needed(campaign, started):
    said = []
    serve(campaign, port=0, announce=said.append)
    _, (host, port) = started[0]
    assert (host, said) == ("127.0.0.1", [f"http://127.0.0.1:{port}/"])
    assert Client(app_of(started)).get("/").status == 200


def test_other_machines_need_the_token_that_is_made(campaign, started):
    said = []
    with pytest.warns(UserWarning, match="other machines can connect"):
        serve(campaign, "0.0.0.0", 0, announce=said.append)
    token = said[0].partition("?token=")[2]
    assert len(token) >= 16
    client = Client(app_of(started), host="10.1.2.3:80")
    assert client.get("/api/status").status == 403
    assert client.get(f"/?token={token}").status == 200
    # Another server has another one.
    with pytest.warns(UserWarning, match="other machines can connect"):
        serve(campaign, "0.0.0.0", 0, announce=said.append)
    assert token not in said[1]


def test_a_given_token_is_kept(campaign, started):
    said = []
    serve(campaign, port=0, token="a-long-secret", announce=said.append)
    assert said[0].endswith("/?token=a-long-secret")


def test_further_names_and_a_browser(campaign, started, monkeypatch):
    opened, said = [], []
    monkeypatch.setattr(_serve.webbrowser, "open", opened.append)
    serve(
        campaign, port=0, names=["lab.example"], open_browser=True, annotator="Eve",
        announce=said.append,
    )  # fmt: skip
    assert opened == said
    client = Client(app_of(started), host="lab.example")
    assert client.get("/api/next").json["annotator"] == "Eve"


def test_a_port_that_is_taken_is_named(campaign):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=f"Port {port} of 127.0.0.1 cannot be used"):
            serve(campaign, port=port)


def test_wrong_arguments_are_named(campaign):
    with pytest.raises(TypeError, match="host of serve must be an address"):
        serve(campaign, None)
    with pytest.raises(ValueError, match="port of serve must be an integer >= 0"):
        serve(campaign, port=-1)
    with pytest.raises(ValueError, match="token of make_app"):
        serve(campaign, port=0, token="short")


def test_the_command_serves_a_campaign(campaign, started):
    testing = pytest.importorskip("typer.testing")
    path = campaign.url.removeprefix("sqlite:///")
    options = ["--port", "0", "--annotator", "Eve", "--title", "Words <i>"]
    run = testing.CliRunner().invoke(_command_line(), ["label", path, *options])
    assert run.exit_code == 0, run.output
    port = started[0][1][1]
    assert run.output == f"Label on http://127.0.0.1:{port}/ and end with Ctrl-C.\n"
    page = Client(app_of(started)).get("/").text
    assert "<h1>Words &lt;i&gt;</h1>" in page
    assert '<span class="name">Eve</span>' in page


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--token", "short"], "skbal: token of make_app must have 8 to 200"),
        (["--image-shape", "8,8"], "skbal: image_shape of make_app is for items that"),
        (["--image-shape", "8x8"], "--image-shape must be numbers such as 28,28"),
    ],
)
def test_the_command_says_what_is_wrong(campaign, options, words, monkeypatch, capsys):
    pytest.importorskip("typer")
    path = campaign.url.removeprefix("sqlite:///")
    monkeypatch.setattr("sys.argv", ["skbal", "label", path, "--port", "0", *options])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = " ".join(f"{stopped.value} {capsys.readouterr().err}".split())
    assert words in said.replace("│ ", "").replace(" │", "")


def test_the_command_needs_a_campaign(tmp_path, monkeypatch):
    pytest.importorskip("typer")
    monkeypatch.setattr("sys.argv", ["skbal", "label", str(tmp_path / "none.db")])
    with pytest.raises(SystemExit, match="cannot be opened as a campaign"):
        main()


def test_a_script_labels_over_http(campaign, monkeypatch):
    servers, addresses, is_up = [], [], threading.Event()
    init = _serve._Server.__init__

    def noted(server, *arguments):
        init(server, *arguments)
        servers.append(server)

    monkeypatch.setattr(_serve._Server, "__init__", noted)

    def announce(address):
        addresses.append(address)
        is_up.set()

    options = {"port": 0, "announce": announce}
    thread = threading.Thread(target=serve, args=(campaign,), kwargs=options)
    thread.start()
    try:
        assert is_up.wait(30)
        body = json.dumps({"item": "0", "answer": "a", "annotator": "bot"}).encode()
        request = urllib.request.Request(
            addresses[0] + "api/answer", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            told = json.load(reply)["told"]
            assert "server" not in reply.headers
    finally:
        servers[0].should_exit = True
        thread.join(30)
    assert (told["item"], told["answer"]) == (0, "a")
    assert campaign.answers()["annotator"].tolist() == ["bot"]
    assert not thread.is_alive()
