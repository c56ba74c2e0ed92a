"""The live encounter."""
