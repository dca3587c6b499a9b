"""What of a dataset is not on this machine, and fetching it, with progress."""

import streamlit as st

from pages.shared.templates import literal
from vae_core.datasets import CATALOGUE, has_test, is_available
from vae_core.datasets.description import Description
from vae_core.datasets.entry import Remote, RemoteFile
from vae_core.errors import DownloadFailed
from vae_core.text import size

DECODED = "What you see is decoded from the codes that are stored with the model."


def not_here(description: Description) -> str:
    """'The training examples of MNIST are not on this machine', or all examples of other data."""
    which = "training examples" if has_test(description.name) else "examples"
    return f"The {which} of {literal(description.title)} are not on this machine"


def offer_originals(description: Description, key: str, *, meanwhile: str = DECODED) -> None:
    """Where originals are not here, say so, what there is `meanwhile`, and offer to fetch them."""
    if is_available(description.name):
        return
    st.caption(f"{not_here(description)}. {meanwhile}")
    known = CATALOGUE.get(description.name)
    if known is None or known.remote is None:
        return
    remote = known.remote
    label = f"Fetch {description.title}, {size(sum(file.bytes for file in remote.training))}"
    if st.button(label, icon=":material/download:", key=f"{key} fetch {description.name}"):
        _fetch(remote)


def _fetch(remote: Remote) -> None:
    from vae_core.datasets.download import fetch

    whole = sum(file.bytes for file in remote.training)
    done: dict[str, int] = {}
    bar = st.progress(0.0, text="Fetching …")

    def show(file: RemoteFile, received: int) -> None:
        before, done[file.name] = sum(done.values()), received
        now = sum(done.values())
        if 100 * before // whole < 100 * now // whole:
            bar.progress(min(now / whole, 1.0), text=f"Fetching {file.name} …")

    try:
        fetch(remote, progress=show)
    except DownloadFailed as error:
        bar.empty()
        st.error(literal(error))
        return
    st.rerun()
