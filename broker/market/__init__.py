"""What is offered and what became of it: catalogue, directory, reputation. Empty for now."""
