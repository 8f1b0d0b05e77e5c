"""The rules of contracts, their activation keys and who holds them: pure, without a clock, a database or a network."""
