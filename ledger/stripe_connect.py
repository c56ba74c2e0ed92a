"""Saved cards and connected accounts at Stripe: what the five verbs of a gateway do not cover."""
