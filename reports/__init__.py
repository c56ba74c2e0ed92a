"""Paper: reads everything, writes only the register of issued documents."""
