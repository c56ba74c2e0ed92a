"""The embedded engine, noun by noun."""
