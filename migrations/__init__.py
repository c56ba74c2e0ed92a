"""Schema versions of all rooms."""
