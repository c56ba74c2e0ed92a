"""How the platform answers: cases, board, surveys. Empty for now."""
