"""The part of a training specification that decides the network: data, layers, likelihood."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from vae_core.frozen import Frozen

Architecture = Literal["dense", "conv", "table"]
Likelihood = Literal["bernoulli", "bernoulli_static", "bernoulli_dynamic", "gaussian", "mixed"]
Activation = Literal["relu", "silu", "gelu"]
DATASET_NAME = r"^[a-z0-9][a-z0-9_]*(-[0-9a-f]{8})?$"
"""Of a dataset; the eight digits begin the sha256 of the content of a user's own."""
Width = Annotated[int, Field(ge=1, le=4096)]

ARCHITECTURE_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "dense": {"hidden": (512, 256, 128), "filters": (), "likelihood": "bernoulli"},
    "conv": {"hidden": (16,), "filters": (32, 64), "likelihood": "bernoulli"},
    "table": {"hidden": (32, 16), "filters": (), "likelihood": "gaussian"},
}


class Network(Frozen):
    """What the untrained network is built from; `TrainingSpec` adds the training."""

    dataset: str = Field(
        pattern=DATASET_NAME, title="Dataset", description="What the model learns from"
    )
    architecture: Architecture = Field(
        default="dense",
        title="Architecture",
        description="dense layers, convolutions for images, or a small network for tables",
    )
    hidden: tuple[Width, ...] = Field(
        max_length=8,
        strict=False,
        title="Hidden widths",
        description="Units of each dense layer of the encoder; the decoder mirrors them",
    )
    filters: tuple[Width, ...] = Field(
        max_length=4,
        strict=False,
        title="Filters",
        description="Filters of each stride-2 convolution (conv only)",
    )
    decoder_hidden: tuple[Width, ...] = Field(
        default=(),
        max_length=8,
        strict=False,
        title="Decoder's widths",
        description="Units of each dense layer of the decoder, from z on; empty mirrors the "
        "encoder",
    )
    skip_z: bool = Field(
        default=False,
        title="z to every layer",
        description="Give z to every dense layer of the decoder, not only to the first",
    )
    residual: bool = Field(
        default=False,
        title="Residual layers",
        description="Add the input of a dense layer to its output where both have the same width",
    )
    fourier: int = Field(
        default=0,
        ge=0,
        le=10,
        title="Fourier features",
        description="Also give the decoder sines and cosines of z, at this many frequencies, each "
        "twice the one before: a finer map",
    )
    activation: Activation = Field(
        default="relu", title="Activation", description="The nonlinearity after each layer"
    )
    latent_dim: int = Field(
        default=2,
        ge=1,
        le=128,
        title="Latent dimensions",
        description="How many numbers describe one example; 2 can be drawn as a map",
    )
    conditional: bool = Field(
        default=False,
        title="Conditional",
        description="Give encoder and decoder the label, so that z holds only the style",
    )
    likelihood: Likelihood = Field(
        title="Likelihood",
        description="How a decoded example is compared with the original",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, values: Any) -> Any:
        """Give widths and likelihood the architecture's defaults, so that the digest sees them."""
        if not isinstance(values, dict):
            return values
        given = {key: value for key, value in values.items() if value is not None}
        named = str(given.get("architecture", "dense"))
        filled = {**ARCHITECTURE_DEFAULTS.get(named, ARCHITECTURE_DEFAULTS["dense"]), **given}
        if _mirrors(filled.get("decoder_hidden"), filled["hidden"]):
            filled["decoder_hidden"] = ()
        return filled

    @model_validator(mode="after")
    def _network_consistent(self) -> Self:
        if (self.architecture == "conv") != bool(self.filters):
            raise ValueError(
                f"`filters` belong to the conv architecture, at least one of them. "
                f"Received: architecture={self.architecture!r}, filters={self.filters}"
            )
        if self.architecture != "conv" and not self.hidden:
            raise ValueError(f"`hidden` needs at least one width. Received: hidden={self.hidden}")
        if self.architecture == "table" and self.likelihood not in ("gaussian", "mixed"):
            raise ValueError(
                "`likelihood` of a table must be 'gaussian' or 'mixed': its columns are no grey "
                f"values. Received: likelihood={self.likelihood!r}"
            )
        if self.likelihood == "mixed" and self.architecture != "table":
            raise ValueError(
                "`likelihood` 'mixed' has a head for each column of a table and needs the table "
                f"architecture. Received: architecture={self.architecture!r}"
            )
        return self

    @property
    def decoder_widths(self) -> tuple[int, ...]:
        """Units of the decoder's dense layers, from z on."""
        return self.decoder_hidden or self.hidden[::-1]


def _mirrors(decoder: Any, encoder: Any) -> bool:
    """Whether the decoder's widths only say what the encoder's imply."""
    widths = (decoder, encoder)
    return all(isinstance(w, list | tuple) for w in widths) and list(decoder) == [*encoder][::-1]
