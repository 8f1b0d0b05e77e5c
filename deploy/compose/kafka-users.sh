#!/bin/bash
# Kafka's users, over the broker's own listener, which only this container can reach; may be done again at any time. What
# each of them may do is granted by `guichet topics apply`, and everything else is denied.
set -euo pipefail
for file in /secrets/kafka/*.properties; do
  /opt/kafka/bin/kafka-configs.sh --bootstrap-server localhost:19092 --alter \
    --entity-type users --entity-name "$(basename "$file" .properties)" --add-config-file "$file"
done
