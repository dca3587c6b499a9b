"""A user's own datasets: taken in from files, kept under `LATENT_HOME`, named by their content."""
