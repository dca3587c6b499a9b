"""Command-line options made from the specification's fields: bounds and helps stand only there."""

import inspect
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from vae_core.errors import SpecInvalid
from vae_core.spec.training_spec import TrainingSpec, bounds, read_widths


def spec_parameters() -> list[inspect.Parameter]:
    """One keyword parameter for each field of `TrainingSpec`; None means 'as the dataset likes'."""
    return [_parameter(name, field) for name, field in TrainingSpec.model_fields.items()]


def with_spec_options(command: Callable[..., None]) -> Callable[..., None]:
    """Replace the `**spec` of a command by one option for each field of `TrainingSpec`."""
    signature = inspect.signature(command)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    parameters = [*spec_parameters(), *own]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def spec_values(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as `TrainingSpec` values; widths come as '512,256,128', changes as '5:beta=4'."""
    return {
        name: LISTS[name](name, value) if name in LISTS and value is not None else value
        for name, value in options.items()
    }


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    required = name == "dataset"
    low, high = bounds(name)
    option = typer.Option(
        f"--{name.replace('_', '-')}",
        help=_help(field),
        show_default=False,
        min=low if isfinite(low) else None,
        max=high if isfinite(high) else None,
    )
    kind = _option_type(name, field)
    annotation = Annotated[kind if required else kind | None, option]  # type: ignore[valid-type]
    default = inspect.Parameter.empty if required else None
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def _option_type(name: str, field: FieldInfo) -> Any:
    if name in LISTS:
        return str
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return kind
    options = [choice for choice in get_args(kind) if choice is not type(None)]
    return options[0] if options else kind


def _help(field: FieldInfo) -> str:
    default = field.get_default()
    known = not field.is_required() and default is not None
    return f"{field.description}." + (f" [default: {default}]" if known else "")


def _widths(name: str, text: str) -> tuple[int, ...]:
    return read_widths(text, name=f"`{name}`")


def _changes(name: str, text: str) -> tuple[dict[str, Any], ...]:
    """'5:beta=4,5:learning_rate=1e-4' as values of `Change`, one for each epoch."""
    found: dict[int, dict[str, Any]] = {}
    try:
        for part in filter(None, text.split(",")):
            epoch, setting = part.split(":")
            key, value = setting.split("=")
            values = found.setdefault(int(epoch), {"epoch": int(epoch)})
            values[key.strip().replace("-", "_")] = float(value)
    except ValueError as error:
        raise SpecInvalid(
            f"Expected `{name}` as epoch:setting=value with commas, such as "
            f"5:beta=4,9:learning_rate=0.0001. Received: {text!r}"
        ) from error
    return tuple(found[epoch] for epoch in sorted(found))


LISTS = {
    **dict.fromkeys(("hidden", "filters", "decoder_hidden"), _widths),
    "changes": _changes,
}
"""Fields that hold several values, and how one option's text is read."""
