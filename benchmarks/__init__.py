"""What Guichet takes, and how long, beside what people use today: `make bench`; docs/benchmarks.md explains."""
