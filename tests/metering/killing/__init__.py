"""Two real nodes on one real PostgreSQL, killed, stopped, cut off, and judged."""
