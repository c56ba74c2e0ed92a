"""Event to letter."""
