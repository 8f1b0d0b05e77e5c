"""Logs, traces and metrics: what operators see of the inside."""
