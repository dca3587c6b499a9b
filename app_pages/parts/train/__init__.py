"""What only the page Train shows, and a run in words for Jobs."""
