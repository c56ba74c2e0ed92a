"""Browser code in TypeScript; Python is here only to generate its wire types."""
