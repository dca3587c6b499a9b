"""What only the page Generate shows."""
