"""Data: take in a table of one's own, correct what was understood, see what is here."""
