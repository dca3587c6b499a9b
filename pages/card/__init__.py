"""The page Model card."""
