#!/bin/bash
# Kafka's users and what each may do: everything else is denied. Done over the broker's own listener, which only this
# container can reach; may be done again at any time.
set -euo pipefail
cd /opt/kafka/bin
broker=(--bootstrap-server localhost:19092)

for file in /secrets/kafka/*.properties; do
  ./kafka-configs.sh "${broker[@]}" --alter --entity-type users --entity-name "$(basename "$file" .properties)" --add-config-file "$file"
done

may() { # may WHO OPERATION [--topic NAME|--group NAME]...
  ./kafka-acls.sh "${broker[@]}" --add --force --allow-principal "User:$1" --operation "$2" "${@:3}" > /dev/null
}
may auth Write --topic guichet.accounts --topic guichet.contacts
may auth Read --topic guichet.active_contracts --group auth
may auth Describe --group contracts --group notifier # how far they have read: an import goes no faster
may contracts Write --topic guichet.contracts --topic guichet.active_contracts
may contracts Read --topic guichet.accounts --topic guichet.contacts --group contracts
may contracts Describe --group auth --group notifier
may notifier Write --topic guichet.notifications
may notifier Read --topic guichet.accounts --topic guichet.contacts --topic guichet.contracts --group notifier
