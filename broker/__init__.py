"""Brings two parties together; the doors are its rooms."""
