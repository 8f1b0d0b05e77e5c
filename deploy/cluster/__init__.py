"""A Kafka cluster as code says it should be: topics, what they keep, and who may do what with them."""
