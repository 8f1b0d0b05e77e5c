"""What contracts asks its database: each query a constant, beside the typed function that runs it.

Everybody locks in one order: contracts by id, then accounts by id, all before the first insert into the outbox. A
contract's row guards its keys, its links and what it is called; an account's row guards which contract is active.
"""
