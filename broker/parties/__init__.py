"""Who: parties, roles, logins."""
