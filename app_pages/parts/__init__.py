"""What several pages share; nothing in here is a page."""
