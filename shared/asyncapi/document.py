"""The events as an AsyncAPI 3.0 document: for catalogues, code generators, and people with a browser.

Source: AsyncAPI specification 3.0.0, Kafka bindings 0.5.0.
"""

from inspect import cleandoc
from typing import Any

from shared.asyncapi.channels import channel, operations
from shared.asyncapi.headers import SCHEMAS
from shared.asyncapi.messages import TAGS, messages
from shared.events.base import Event
from shared.events.cloudevents import CONTENT_TYPE
from shared.events.registry import ALL
from shared.kafka.topics import SHAPES

ABOUT = """
Every fact Guichet knows, as CloudEvents 1.0 in Kafka's binary content mode: the attributes are headers, the value is
the data alone, in JSON. No server stands here: each installation has its own, and may put a prefix before the topics'
names.

- **At least once.** A fact that was committed arrives, maybe twice: keep the `ce_id` of what was handled.
- **In order per key.** Facts about one thing arrive in the order in which they were committed, duplicates aside.
- **Types are for ever.** {evolution}
- **No personal data and no secret** on the topics that keep facts: ids, codes and times only, and `sealed`, which
  nobody but the notifier can open. Personal data stands on the compacted topics, granted to no subscriber by default.
"""


def document(version: str) -> dict[str, Any]:
    """Guichet as one application that sends. `version` is the release's; each type carries its own in its name."""
    evolution = cleandoc(Event.__doc__ or "").replace("\n\n", " ")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Guichet's events",
            "version": version,
            "description": ABOUT.strip().format(evolution=evolution),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE.decode(),
        "channels": {shape.topic.value: channel(shape) for shape in SHAPES},
        "operations": {name: operation for shape in SHAPES for name, operation in operations(shape.topic).items()},
        "components": {
            "messages": {name: message for kind in ALL for name, message in messages(kind).items()},
            "schemas": SCHEMAS,
            "tags": TAGS,
        },
    }
