"""The engine in our own process, on aiortc."""
