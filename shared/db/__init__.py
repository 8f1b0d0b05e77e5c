"""PostgreSQL: the pool, transactions that know the database's clock, and migrations."""

from shared.db.pool import Database, Transaction, open_database

__all__ = ["Database", "Transaction", "open_database"]
