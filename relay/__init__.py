"""Carries screen and voice between legs and reports what it saw."""
