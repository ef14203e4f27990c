import test from "ava";

import type { Address } from "@troupe/actor-runtime";
import { ManualTime, RecordingRef } from "@troupe/actor-runtime/testing";
import { BatchWriter, mostBatchEntries, readBatch } from "../../src/datagrams/datagram-batch.ts";
import { PortSockets } from "../../src/datagrams/port-socket.ts";
import type { PortProtocol, UdpListening } from "../../src/datagrams/port.messages.ts";

const four = { family: 4, host: "0.0.0.0", port: 6_881 } as const;
const six = { family: 6, host: "::", port: 6_881 } as const;
const both: UdpListening = { sockets: [four, six], refused: [] };
const node = { host: "203.0.113.9", port: 7_000 };
const otherNode = { host: "2001:db8::9", port: 7_001 };

/** The sockets of a user, whose owner is in the test's hands. */
function scene() {
  const time = new ManualTime();
  const owner = new RecordingRef<PortProtocol>("peer-0");
  const sockets = new PortSockets({ user: "dht", owner, timers: time });
  const heard: string[] = [];
  const handlers = {
    received: (bytes: Uint8Array, { host, port }: Address) =>
      void heard.push(`${bytes.join()} of ${host} ${port}`),
    notSent: ({ host }: Address, code: string) => void heard.push(`${code} ${host}`),
  };
  const bind = (host: string) => sockets.bind({ host, port: 0 }, handlers);
  const sent = () =>
    owner.casts("send-datagrams").flatMap(({ batch }) => {
      const found: string[] = [];
      readBatch(batch, {
        datagram: (bytes, { host, port }) => found.push(`${bytes.join()} to ${host} ${port}`),
        refused: () => {},
      });
      return found;
    });
  return { time, owner, sockets, heard, handlers, bind, sent };
}

function batchOf(...entries: readonly (readonly [Address, number])[]): { batch: Uint8Array } {
  const writer = new BatchWriter();
  for (const [from, byte] of entries) writer.add(Uint8Array.of(byte), from);
  return { batch: writer.take() };
}

test("a bind asks the owner once, and settles when the port is open, at the address of the owner", async (t) => {
  const { owner, sockets, bind } = scene();
  const binds = [bind("0.0.0.0"), bind("::")];
  t.deepEqual(owner.casts("use-port"), [{ user: "dht" }]);
  sockets.opened(both);
  const opened = await Promise.all(binds);
  t.deepEqual(
    opened.map(({ address }) => address),
    [
      { host: "0.0.0.0", port: 6_881 },
      { host: "::", port: 6_881 },
    ],
  );
});

test("a family that the owner has no socket of is refused with the system's code", async (t) => {
  const { sockets, bind } = scene();
  const binds = [bind("0.0.0.0"), bind("::")];
  const refused = [{ family: 4, code: "EADDRINUSE", message: "in use" }] as const;
  sockets.opened({ sockets: [], refused });
  await t.throwsAsync(binds[0] ?? t.fail(), { code: "EADDRINUSE" });
  await t.throwsAsync(binds[1] ?? t.fail(), { code: "EAFNOSUPPORT" });
  await t.throwsAsync(bind("0.0.0.0"), { code: "EADDRINUSE" });
});

test("a family has one socket at a time", async (t) => {
  const { sockets, bind } = scene();
  const first = bind("0.0.0.0");
  sockets.opened(both);
  const socket = await first;
  await t.throwsAsync(bind("0.0.0.0"), { code: "EADDRINUSE" });
  socket.close();
  await t.notThrowsAsync(bind("0.0.0.0"));
});

test("the datagrams of a turn leave as one batch, and those of a closed socket not at all", async (t) => {
  const { time, owner, sockets, bind, sent } = scene();
  const binds = [bind("0.0.0.0"), bind("::")];
  sockets.opened(both);
  const [one, other] = await Promise.all(binds);
  one?.send(Uint8Array.of(1), node);
  other?.send(Uint8Array.of(2), otherNode);
  t.deepEqual(sent(), []);
  time.endTurn();
  t.deepEqual(sent(), ["1 to 203.0.113.9 7000", "2 to 2001:db8::9 7001"]);
  t.is(owner.casts("send-datagrams").length, 1);
  one?.close();
  one?.send(Uint8Array.of(3), node);
  time.endTurn();
  t.is(owner.casts("send-datagrams").length, 1);
});

test("a turn with more datagrams than a batch takes sends several batches", async (t) => {
  const { time, owner, sockets, bind, sent } = scene();
  const bound = bind("0.0.0.0");
  sockets.opened(both);
  const socket = await bound;
  for (let i = 0; i < mostBatchEntries + 1; i++) socket.send(Uint8Array.of(i & 255), node);
  time.endTurn();
  time.endTurn();
  t.is(sent().length, mostBatchEntries + 1);
  t.is(owner.casts("send-datagrams").length, 2);
});

test("a batch is lost while the owner does not keep up, and the sender goes on", async (t) => {
  const { time, owner, sockets, bind, sent } = scene();
  const bound = bind("0.0.0.0");
  sockets.opened(both);
  const socket = await bound;
  owner.credits = 63;
  socket.send(Uint8Array.of(1), node);
  time.endTurn();
  owner.credits = 64;
  socket.send(Uint8Array.of(2), node);
  time.endTurn();
  t.deepEqual(sent(), ["2 to 203.0.113.9 7000"]);
});

test("received datagrams and refusals go to the socket of their family, and the owner hears that they are handled", async (t) => {
  const { owner, sockets, bind, heard } = scene();
  const bound = bind("0.0.0.0");
  sockets.opened(both);
  await bound;
  sockets.received(batchOf([node, 1], [otherNode, 2], [node, 3]));
  const writer = new BatchWriter();
  writer.addRefusal(node, "ENETUNREACH");
  sockets.received({ batch: writer.take() });
  t.deepEqual(heard, ["1 of 203.0.113.9 7000", "3 of 203.0.113.9 7000", "ENETUNREACH 203.0.113.9"]);
  t.is(owner.casts("datagrams-taken").length, 2);
});

test("without room on the link the owner hears later that a batch is handled", async (t) => {
  const { owner, sockets, bind } = scene();
  const bound = bind("0.0.0.0");
  sockets.opened(both);
  await bound;
  owner.credits = 0;
  sockets.received(batchOf([node, 1]));
  t.is(owner.casts("datagrams-taken").length, 0);
  owner.giveRoom(512);
  t.is(owner.casts("datagrams-taken").length, 1);
});

test("a socket outlives the owner: its successor is asked, and what is sent meanwhile is lost", async (t) => {
  const { time, owner, sockets, bind, heard, sent } = scene();
  const bound = bind("0.0.0.0");
  sockets.opened(both);
  const socket = await bound;
  owner.peer = undefined;
  sockets.unlinked();
  socket.send(Uint8Array.of(1), node);
  time.endTurn();
  owner.peer = { name: "peer-0", epoch: 2 };
  sockets.linked();
  t.is(owner.casts("use-port").length, 2);
  sockets.opened(both);
  socket.send(Uint8Array.of(2), node);
  time.endTurn();
  sockets.received(batchOf([node, 9]));
  t.deepEqual([sent(), heard], [["2 to 203.0.113.9 7000"], ["9 of 203.0.113.9 7000"]]);
});

test("a bind without an owner waits for one", async (t) => {
  const { owner, sockets, bind } = scene();
  owner.peer = undefined;
  const bound = bind("0.0.0.0");
  t.is(owner.casts("use-port").length, 0);
  owner.peer = { name: "peer-0", epoch: 1 };
  sockets.linked();
  t.is(owner.casts("use-port").length, 1);
  sockets.opened(both);
  t.is((await bound).address.port, 6_881);
});

test("an owner that is linked is left alone by a user without sockets", (t) => {
  const { owner, sockets } = scene();
  sockets.linked();
  t.deepEqual(owner.sent, []);
});
