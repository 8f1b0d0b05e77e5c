"""What people send mails with today, at its best: kept connections, no results, acknowledged after the work."""
