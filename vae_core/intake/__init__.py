"""From an untrusted file to typed columns; runs in a child process alone (`python -m`)."""
