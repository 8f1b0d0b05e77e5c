"""A real Apache Kafka (KRaft, one node) on loopback."""

import asyncio
import base64
import contextlib
import signal
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.child import Child, spawn
from deploy.local.class_archive import ClassArchive
from deploy.local.jars import kafka_jars
from deploy.local.java import java
from deploy.local.ports import free_port
from deploy.local.report import Report, silent

# Small and quick to start: one machine, a few topics, one user.
_JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
_LOG4J = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


@dataclass
class KafkaServer:
    """Keeps its port and its data over stop() and start(). `differs`: properties of the server other than usual;
    `formatted`: more arguments of the tool that formats its folder."""

    folder: Path
    port: int
    controller_port: int
    differs: Mapping[str, object] = field(default_factory=dict)
    formatted: Sequence[str] = ()
    child: Child | None = None
    _archive: ClassArchive = field(init=False)

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """Where the log segments lie."""
        return self.folder / "log"

    async def start(self, report: Report = silent) -> None:
        """Returns when clients are served. Raises Missing, ProcessEnded."""
        await self.launch(report)
        await self.served()

    async def launch(self, report: Report = silent) -> Child:
        """Starts the process, after formatting the folder the first time. Raises Missing, ProcessEnded."""
        logging = self._write("log4j2.properties", _LOG4J)
        properties = self._write("server.properties", "\n".join(f"{k}={v}" for k, v in self._properties().items()))
        jars, program = await kafka_jars(report), await java()
        jvm = (program, *_JVM, f"-Dlog4j2.configurationFile={logging}", "-cp", f"{jars}/*")
        log = self.folder / "kafka.log"
        archive = self._archive = ClassArchive(jars, program)
        if not (self.data / "meta.properties").exists():
            report("formatting")
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            how = ("format", "--config", str(properties), f"--cluster-id={cluster}", *self.formatted)
            formatting = await spawn("kafka-storage", (*jvm, *archive.known, "kafka.tools.StorageTool", *how), log=log)
            if await formatting.process.wait():
                formatting.raise_if_ended()
        report("starting")
        self.child = await spawn("kafka", (*jvm, *self._archive.options, "kafka.Kafka", properties), log=log)
        return self.child

    async def stop(self) -> None:
        if self.child:
            await self.child.stop(within=8)  # the first time the JVM takes seconds more, to write its archive
            self._archive.keep(whole=self.child.process.returncode != -signal.SIGKILL)

    async def kill(self) -> None:
        if self.child:
            await self.child.kill()

    async def served(self) -> None:
        """Raises ProcessEnded. The port opens once the broker has caught up with the controller."""
        assert self.child  # noqa: S101
        while True:
            self.child.raise_if_ended()
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.05)

    def _properties(self) -> Mapping[str, object]:
        return {**_properties(self), **self.differs}

    def _write(self, name: str, text: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        path.write_text(text)
        return path


def _properties(server: KafkaServer) -> dict[str, object]:
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{server.controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{server.port},CONTROLLER://127.0.0.1:{server.controller_port}",
        "advertised.listeners": f"PLAINTEXT://{server.bootstrap}",
        "log.dirs": server.data,
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
        "num.network.threads": 2,
        "num.io.threads": 2,
        # The former life of a broker that was killed counts as alive this long, and the next one waits for it.
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
        "log.segment.delete.delay.ms": 1000,
    }


@contextlib.asynccontextmanager
async def run_kafka(folder: Path) -> AsyncIterator[KafkaServer]:
    """A broker that keeps its data in `folder` and lives as long as the block."""
    server = KafkaServer(folder, free_port(), free_port())
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
