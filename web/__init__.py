"""Turns requests into verbs and domain errors into statuses."""
