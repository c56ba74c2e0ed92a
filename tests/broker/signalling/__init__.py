"""Mirrors broker/signalling."""
