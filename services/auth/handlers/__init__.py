"""What can be asked of auth: one file for each command, every effect in sight."""
