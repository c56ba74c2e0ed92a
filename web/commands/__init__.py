"""What the `minuta` command can do, a file for each command."""
