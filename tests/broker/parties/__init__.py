"""Mirrors broker/parties."""
