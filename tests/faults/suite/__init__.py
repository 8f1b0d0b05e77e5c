"""Faults done to real processes on purpose, again and again, and what was lost or doubled by them, counted."""
