"""What only the page Morph shows."""
