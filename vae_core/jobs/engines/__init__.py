"""Where jobs run: worker processes on this machine, or on the workers of a Dask cluster."""
