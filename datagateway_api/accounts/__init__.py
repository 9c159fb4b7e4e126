"""Who may log in: users with passwords, logins that are slowed down, sessions in a table."""
