import test from "ava";
import { Rc4 } from "@troupe/protocol/encryption";
import { parseInfoHash } from "@troupe/protocol/units";

import { Connection, type ConnectionStage } from "../../src/connection/connection.ts";
import { FakeStream } from "../support/fake-stream.ts";
import { WorkerBench } from "../support/worker-bench.ts";

/** A stage that records its events. */
class RecordingStage implements ConnectionStage {
  isReadingPaused = false;
  readonly events: string[] = [];

  opened(): void {
    this.events.push("opened");
  }

  bytes(chunk: Uint8Array): void {
    this.events.push(`bytes ${chunk.join(" ")}`);
  }

  closed(reason: string | undefined): void {
    this.events.push(`closed ${reason}`);
  }
}

async function connect() {
  const bench = await WorkerBench.start();
  const stage = new RecordingStage();
  const connection = new Connection(bench.worker, stage);
  const transport = new FakeStream({ host: "198.51.100.1", port: 7 }, (task) =>
    bench.time.soon(task),
  );
  transport.handlers = connection;
  return { bench, connection, stage, transport };
}

test("the events of the transport reach the current stage, without the transport", async (t) => {
  const { bench, connection, stage, transport } = await connect();
  connection.attach(transport);
  connection.opened(transport);
  transport.arrive(Uint8Array.of(1, 2));
  const next = new RecordingStage();
  connection.stage = next;
  transport.arrive(Uint8Array.of(3));
  t.true(bench.worker.connections.has(connection));
  transport.hangUp("ECONNRESET");
  t.false(bench.worker.connections.has(connection));
  t.deepEqual(stage.events, ["opened", "bytes 1 2"]);
  t.deepEqual(next.events, ["bytes 3", "closed ECONNRESET"]);
});

test("a connection is the stream of its transport", async (t) => {
  const { bench, connection, transport } = await connect();
  connection.attach(transport);
  t.is(connection.remote, transport.remote);
  t.is(connection.local, transport.local);
  transport.isReading = false;
  let isWritten = false;
  t.false(connection.write(Uint8Array.of(1, 2, 3), () => (isWritten = true)));
  t.is(connection.queuedBytes, 3);
  transport.read();
  t.deepEqual([connection.queuedBytes, connection.takenBytes], [0, 3]);
  await bench.settle();
  t.true(isWritten);
  t.deepEqual([...transport.takeSent()], [1, 2, 3]);
  connection.destroy();
  t.true(transport.isClosed);
});

for (const call of ["end", "reset"] as const) {
  test(`a connection passes "${call}" to its transport`, async (t) => {
    const { connection, transport } = await connect();
    connection.attach(transport);
    connection[call]();
    t.true(transport.isClosed);
  });
}

test("a connection does not resume while its stage has paused reading", async (t) => {
  const { connection, stage, transport } = await connect();
  connection.attach(transport);
  stage.isReadingPaused = true;
  connection.pause();
  connection.resume();
  t.true(transport.isPaused);
  stage.isReadingPaused = false;
  connection.resume();
  t.false(transport.isPaused);
});

test("a connection without a transport has nothing to close, and writes nothing", async (t) => {
  const { connection } = await connect();
  connection.destroy();
  t.throws(() => connection.write(Uint8Array.of(1)), { message: /no transport yet/ });
});

for (const method of ["plain", "rc4"] as const) {
  test(`code is compiled for speed where the payload is encrypted, here: ${method}`, async (t) => {
    const { bench, connection, transport } = await connect();
    connection.attach(transport);
    const [sending, receiving] = [new Rc4(Uint8Array.of(1)), new Rc4(Uint8Array.of(2))];
    const infoHash = parseInfoHash("1".repeat(40));
    connection.encrypt({ infoHash, method, sending, receiving, firstBytes: 0 });
    t.is(bench.isCompiledForSpeed, method === "rc4");
    connection.write(Uint8Array.of(1, 2, 3));
    t.is(Buffer.compare(transport.takeSent(), Uint8Array.of(1, 2, 3)) === 0, method === "plain");
  });
}
