"""The process that trains: `python -m vae_core.worker`, one for each job."""
