"""Kafka: how to reach it, and what the topics are made of."""
