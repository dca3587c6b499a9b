"""Datasets that visitors have added: whose they are, and who sees them."""

import streamlit as st

from pages.shared.visitor import visitor
from vae_core.datasets.own import store
from vae_core.datasets.own.store import OwnDataset

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
"""Headers by which a proxy passes on who asks."""
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")


def owner() -> str:
    """By whom what is added now is owned: whoever sits at the machine itself is one visitor,
    whatever browser, and the commands' user as well."""
    return store.HERE if _on_this_machine() else visitor()


def own_datasets() -> list[OwnDataset]:
    """The datasets that this visitor sees, the newest first."""
    return store.visible(owner())


def sees(dataset: str) -> bool:
    """Whether this visitor may see a dataset: built-in ones, shared ones and own ones.

    One that is no longer here hides nothing: its models are known to whoever has their files.
    """
    own = store.find(dataset) if store.KEY.fullmatch(dataset) else None
    return own is None or store.may_see(own.manifest, owner())


def _on_this_machine() -> bool:
    """The browser's own address, and what reached the server, both name this machine, and no proxy
    says that it stands between them: behind one, only the latter does."""
    if any(st.context.headers.get(name) for name in FORWARDED):
        return False
    host = str(st.context.url or "").partition("://")[2].partition("/")[0]
    name = host if host.startswith("[") and host.endswith("]") else host.rpartition(":")[0] or host
    return name in LOOPBACK and st.context.ip_address in (None, *LOOPBACK)
