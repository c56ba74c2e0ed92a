"""Mirrors broker/notices."""
