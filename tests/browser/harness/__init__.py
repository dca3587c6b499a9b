"""A small app with a page for each component, for the browser tests and for looking by hand."""
