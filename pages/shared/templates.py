"""Pieces of a page from Jinja2 templates, which lie beside the modules that fill them.

Everything that is put into a template is escaped, and `literal` does it for Markdown. How the
pieces look is written in the style sheets that the frame loads: `pages/shared/pieces.css` and the
page's own `page.css`.
"""

import re
from pathlib import Path

import streamlit as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_MARKUP = re.compile(r"[\\`*_~$<>\[\]&]|:(?=\w)")
_BLOCK = re.compile(r"(?m)^(\s*\d*)([-+=#|.)])")
"""What begins a list, a heading or a table at the start of a line."""

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1]),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    """The HTML of a template, named by its path in `pages/`; `values` are escaped."""
    return _environment.get_template(template).render(values)


def literal(text: object) -> str:
    """Text for `st.markdown`, labels and messages that shows as it is written: names of others."""
    escaped = _MARKUP.sub(r"\\\g<0>", str(text))
    return _BLOCK.sub(r"\1\\\2", escaped).replace("\n", "  \n")


def show(template: str, **values: object) -> None:
    """Put the filled template on the page."""
    st.html(render(template, **values))
