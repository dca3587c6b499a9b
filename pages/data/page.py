"""Data: drop a table, see what was understood, correct it, and train on it."""

from pages.data import added, mine, preview, upload
from pages.shared.header import heading

heading("Data")
given = upload.ask()
if given is None:
    added.say()
    mine.listing()
else:
    preview.show(given)
