"""The partition of a key is the one other clients find."""

from aiokafka.partitioner import murmur2 as by_octets
from hypothesis import given
from hypothesis import strategies as st

from shared.kafka.partition import murmur2, partition_of


@given(st.binary())
def test_the_hash_is_that_of_other_clients(data: bytes):
    assert murmur2(data) == by_octets(data)


@given(st.uuids(), st.integers(1, 50))
def test_a_key_has_one_of_the_partitions(id_: object, partitions: int):
    assert 0 <= partition_of(str(id_).encode(), partitions) < partitions
