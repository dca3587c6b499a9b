"""The Data page without a browser: whose a table is, and who sees what came of it."""

from pathlib import Path

import pytest

from pages.shared import own_data
from tests.visits import captions, visit
from vae_core.datasets.own import store
from vae_core.datasets.own.adding import add
from vae_core.datasets.own.store import OwnDataset

ALICE, BOB = "alice", "bob"


@pytest.fixture
def table(tmp_path: Path) -> OwnDataset:
    """A table that Alice has added."""
    path = tmp_path / "flock.csv"
    lines = [f"{i % 3},{i * 0.37 % 5:.2f},{'ab'[i % 2]}" for i in range(40)]
    path.write_text("\n".join(["legs,size,species", *lines]), encoding="utf-8")
    return add(path, owner=ALICE)


def come_as(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pages.shared.own_data.owner", "pages.data.mine.owner"):
        monkeypatch.setattr(module, lambda: name)


def test_a_table_is_its_owners_alone_until_it_is_shared(
    table: OwnDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_as(ALICE, monkeypatch)
    assert table.key in captions(visit("data"))
    assert own_data.sees(table.key)
    come_as(BOB, monkeypatch)
    assert table.key not in captions(visit("data"))
    assert not own_data.sees(table.key)
    store.share(table.key)
    assert table.key in captions(visit("data"))
    assert own_data.sees(table.key)


def test_only_owners_may_share_or_delete(
    table: OwnDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.share(table.key)
    come_as(BOB, monkeypatch)
    labels = [button.label for button in visit("data").button]
    assert "Make private" not in labels
    assert "Delete it for good" not in labels
    come_as(ALICE, monkeypatch)
    assert "Make private" in [button.label for button in visit("data").button]


@pytest.mark.usefixtures("supervisor")
def test_train_offers_what_the_visitor_sees(
    table: OwnDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_as(ALICE, monkeypatch)
    assert "Flock" in visit("train").selectbox(key="train dataset").options
    come_as(BOB, monkeypatch)
    assert "Flock" not in visit("train").selectbox(key="train dataset").options


def test_what_is_deleted_hides_nothing(table: OwnDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    come_as(BOB, monkeypatch)
    store.remove(table.key)
    assert own_data.sees(table.key)


class Context:
    """What Streamlit says of who asks."""

    def __init__(self, url: str, ip_address: str | None, **headers: str) -> None:
        self.url, self.ip_address, self.headers = url, ip_address, headers
        self.cookies: dict[str, str] = {}


@pytest.mark.parametrize(
    ("context", "here"),
    [
        (Context("http://localhost:8501/data", None), True),
        (Context("http://127.0.0.1:8501/", "127.0.0.1"), True),
        (Context("http://[::1]:8501/", "::1"), True),
        (Context("http://localhost/", None), True),
        (Context("http://192.0.2.7:8501/", "192.0.2.9"), False),
        (Context("https://vae.example.org/data", "127.0.0.1"), False),
        (Context("http://localhost:8501/", "192.0.2.9"), False),
        (Context("http://localhost:8501/", "127.0.0.1", **{"X-Forwarded-For": "192.0.2.9"}), False),
        (Context("http://localhost.example.org/", None), False),
    ],
    ids=lambda value: getattr(value, "url", None),
)
def test_who_sits_at_the_machine_is_one_visitor(
    context: Context, here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.context", context)
    assert (own_data.owner() == store.HERE) is here
