"""What there is to watch: metrics, a dashboard, alerts. `python -m deploy.monitoring` writes their pages anew."""
