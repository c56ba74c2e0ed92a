"""Tests of the engine on Janus."""
