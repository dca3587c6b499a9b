"""Choosing an example, and what a model makes of it: for every page that takes one."""
