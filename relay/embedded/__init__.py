"""The media engine in our own process: packets are forwarded, never decoded."""
