"""The rules of accounts, credentials and sessions: pure, without a clock, a database or a network."""
