"""What can be asked of contracts: one file for each command, every effect in sight."""
