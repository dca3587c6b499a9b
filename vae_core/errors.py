"""All errors that `vae_core` raises on purpose.

LatentError
├── InvalidInput          what was asked for or handed in is wrong; also a ValueError
│   ├── SpecInvalid       a training specification outside its bounds
│   ├── NotFound          no dataset, model or job of that name
│   └── DataInvalid       an array or file with the wrong shape, type or values
├── DataUnavailable       a known dataset whose files are not on this machine
│   └── DownloadFailed    no mirror gave a whole, verified file
├── ArtifactError         a stored model that cannot be used
│   ├── ArtifactCorrupt   a file is missing, altered or contradicts its manifest
│   └── ArtifactTooNew    written by a later version of this program
├── JobRefused            a job that can't be queued, changed or recovered as things stand
├── TrainingDiverged      the loss became infinite or not a number
└── ExportFailed          no graph was exported that agrees with the Keras model

Each message says what was expected, what came, and what to do.
"""


class LatentError(Exception):
    """Base of every error raised on purpose."""


class InvalidInput(LatentError, ValueError):
    """What the caller asked for or handed in is wrong."""


class SpecInvalid(InvalidInput):
    """A training specification outside its bounds."""


class NotFound(InvalidInput):
    """No dataset, model or job of that name."""


class DataInvalid(InvalidInput):
    """An array or file with the wrong shape, type or values."""


class DataUnavailable(LatentError):
    """A known dataset whose files are not on this machine."""


class DownloadFailed(DataUnavailable):
    """No mirror gave a whole, verified file."""


class ArtifactError(LatentError):
    """A stored model that cannot be used."""


class ArtifactCorrupt(ArtifactError):
    """A file of a stored model is missing, altered or contradicts its manifest."""


class ArtifactTooNew(ArtifactError):
    """A stored model written by a later version of this program."""


class JobRefused(LatentError):
    """A job that can't be queued, changed or recovered as things stand."""


class TrainingDiverged(LatentError):
    """The loss became infinite or not a number."""


class ExportFailed(LatentError):
    """No graph was exported that agrees with the Keras model."""
