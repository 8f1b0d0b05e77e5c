"""What auth asks its database: each query a constant, beside the typed function that runs it."""
