"""Pieces of a page from Jinja2 templates, which lie beside the modules that fill them.

Everything that is put into a template is escaped, and `literal` does it for Markdown. How the
pieces look is written in the style sheets that the frame loads: `pages/shared/pieces.css` and the
page's own `page.css`.
"""

import re
from pathlib import Path

import streamlit as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_MARKUP = re.compile(r"[\\`*_~$<>\[\]]|:(?=\w)")

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


def literal(text: str) -> str:
    """Text for `st.markdown` and `st.caption` that shows as it is written: names of others."""
    return _MARKUP.sub(r"\\\g<0>", text)


def show(template: str, **values: object) -> None:
    """Put the filled template on the page."""
    st.html(render(template, **values))
