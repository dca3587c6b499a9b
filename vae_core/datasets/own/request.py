"""What is asked of the process that reads a file, and what it answers."""

from vae_core.datasets.own.choices import Choices
from vae_core.datasets.own.manifest import Draft
from vae_core.datasets.own.preview import Preview
from vae_core.frozen import Frozen

REQUEST, ANSWER, LOG = "request.json", "answer.json", "errors.txt"


class Request(Frozen):
    """Read the file at `path`, with at most `memory` bytes and so many seconds of a processor.

    For a `preview` nothing is written.
    """

    path: str
    choices: Choices = Choices()
    preview: bool = False
    memory: int
    seconds: int


class Answer(Frozen):
    """One of: what was understood, what was written, or why nothing was."""

    preview: Preview | None = None
    draft: Draft | None = None
    refusal: str = ""
    too_large: bool = False
    disk: str = ""
