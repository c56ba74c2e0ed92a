"""Mirrors broker/sessions."""
