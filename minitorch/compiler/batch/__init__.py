"""Compiled functions over many rows: numpy arrays here, dask arrays on clusters."""
