"""A trained model on disk: its manifest, files and card, the registry of all, and the codec."""
