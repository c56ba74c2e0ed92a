"""Turns connected time into charges against a prepaid account."""
