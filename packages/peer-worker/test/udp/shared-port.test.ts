import test from "ava";

import {
  systemError,
  type Address,
  type BindOptions,
  type DatagramHandlers,
} from "@troupe/actor-runtime";
import { ManualTime, RecordingRef, settle } from "@troupe/actor-runtime/testing";
import { BatchWriter, readBatch, type PortUserProtocol } from "@troupe/messages";
import { SharedPort } from "../../src/udp/shared-port.ts";

const hosts = ["0.0.0.0", "::"];
const dht = { name: "dht", epoch: 1 };
const engine = { name: "engine", epoch: 1 };
const stranger = { host: "203.0.113.9", port: 7_000 };
const tracker = { host: "203.0.113.80", port: 80 };

/** A port whose sockets, users and time are in the test's hands. */
function scene() {
  const time = new ManualTime();
  const bound: (BindOptions & { readonly handlers: DatagramHandlers })[] = [];
  const out: { readonly bytes: Uint8Array; readonly to: Address }[] = [];
  const inUse = new Set<number>();
  const closed: number[] = [];
  const datagrams = {
    bind: (options: BindOptions, handlers: DatagramHandlers) => {
      const { host, port } = options;
      if (inUse.has(port)) return Promise.reject(systemError("EADDRINUSE", "in use"));
      bound.push({ ...options, handlers });
      return Promise.resolve({
        address: { host, port },
        send: (bytes: Uint8Array, to: Address) => void out.push({ bytes, to }),
        close: () => void closed.push(port),
      });
    },
  };
  const refs = new Map<string, RecordingRef<PortUserProtocol>>();
  const refOf = (name: string) => {
    const ref = refs.get(name) ?? new RecordingRef<PortUserProtocol>(name);
    refs.set(name, ref);
    return ref;
  };
  const logged: unknown[] = [];
  const log = (_level: string, event: string, fields?: object) =>
    void logged.push({ event, ...fields });
  const context = { clock: time, timers: time, datagrams, ref: refOf, log };
  const port = new SharedPort(context as unknown as ConstructorParameters<typeof SharedPort>[0]);
  const receive = (first: number, from: Address = stranger, lengthBytes = 8) => {
    const bytes = new Uint8Array(lengthBytes);
    if (lengthBytes > 0) bytes[0] = first;
    bound[0]?.handlers.received(bytes, from);
  };
  /** First bytes of the datagrams of a user, and codes of its refusals. */
  const heardBy = (name: string) =>
    refOf(name)
      .casts("datagrams-received")
      .flatMap(({ batch }) => {
        const heard: (number | string)[] = [];
        readBatch(batch, {
          datagram: ([first = -1]) => heard.push(first),
          refused: ({ host }, code) => heard.push(`${code} ${host}`),
        });
        return heard;
      });
  return { time, bound, datagrams, out, inUse, closed, refOf, logged, port, receive, heardBy };
}

function batchTo(...addresses: readonly Address[]): Uint8Array {
  const writer = new BatchWriter();
  for (const to of addresses) writer.add(Uint8Array.of(1), to);
  return writer.take();
}

/** A port that is open, with both of its users. */
async function openScene() {
  const opened = scene();
  await opened.port.open({ hosts, ports: [6_881] });
  opened.port.use("dht", dht);
  opened.port.use("trackers", engine);
  return opened;
}

test("the port opens a socket a family at the first number that is free, with a larger receive buffer", async (t) => {
  const { port, bound, inUse } = scene();
  inUse.add(6_881);
  const listening = await port.open({ hosts, ports: [6_881, 6_882] });
  t.deepEqual(listening, {
    sockets: [
      { family: 4, host: "0.0.0.0", port: 6_882 },
      { family: 6, host: "::", port: 6_882 },
    ],
    refused: [],
  });
  t.deepEqual(
    bound.map(({ receiveBufferBytes }) => receiveBufferBytes),
    [1_048_576, 1_048_576],
  );
});

test("users hear of the port when it is open, before and after they ask", async (t) => {
  const { port, refOf } = scene();
  port.use("dht", dht);
  t.deepEqual(refOf("dht").sent, []);
  await port.open({ hosts, ports: [6_881] });
  port.use("trackers", engine);
  for (const name of ["dht", "engine"])
    t.deepEqual(
      refOf(name)
        .casts("port-opened")
        .map(({ sockets }) => sockets.length),
      [2],
    );
});

test("datagrams reach the user that their first byte tells, in one batch a turn; all others are not read", async (t) => {
  const { port, receive, heardBy, time, refOf } = await openScene();
  port.sendBatch("trackers", batchTo(tracker));
  for (const first of [0x64, 0x00, 0x65, 0x51, 0x02, 0xff, 0x64]) receive(first, tracker);
  receive(0, tracker, 0);
  t.deepEqual([heardBy("dht"), heardBy("engine")], [[], []]);
  time.endTurn();
  t.deepEqual([heardBy("dht"), heardBy("engine")], [[0x64, 0x64], [0x00]]);
  t.is(refOf("dht").casts("datagrams-received").length, 1);
});

test("a reply of a tracker counts only from an address that was asked", async (t) => {
  const { port, receive, heardBy, time } = await openScene();
  port.sendBatch("trackers", batchTo(tracker));
  port.sendBatch("dht", batchTo(stranger));
  receive(0, stranger);
  receive(0, { ...tracker, port: 81 });
  time.endTurn();
  t.deepEqual(heardBy("engine"), []);
  receive(0, tracker);
  time.endTurn();
  t.deepEqual(heardBy("engine"), [0]);
});

test("garbage of every first byte and length disturbs no user", async (t) => {
  const { receive, heardBy, time, port } = await openScene();
  for (let first = 0; first < 256; first++)
    for (const length of [0, 1, 2, 1_500, 65_507]) receive(first, stranger, length);
  time.endTurn();
  port.taken("dht");
  port.taken("dht");
  t.deepEqual([heardBy("dht"), heardBy("engine")], [[0x64, 0x64, 0x64, 0x64], []]);
});

test("uTP gets its datagrams in the turn in which they come, an end of the batch, and its own refusals", async (t) => {
  const { port, receive, time, bound } = await openScene();
  const heard: string[] = [];
  port.utp = {
    received: ([first]) => void heard.push(`utp ${first}`),
    batchEnded: () => void heard.push("end"),
    notSent: ({ host }, code) => void heard.push(`${code} ${host}`),
  };
  receive(0x41);
  receive(0x01);
  time.endTurn();
  t.deepEqual(heard, ["utp 65", "utp 1", "end"]);
  bound[0]?.handlers.notSent?.(stranger, "EMSGSIZE");
  time.endTurn();
  t.deepEqual(heard.slice(3), ["EMSGSIZE 203.0.113.9", "end"]);
});

test("a refused send is reported to the user that has sent it", async (t) => {
  const { port, out, bound, heardBy, time } = await openScene();
  port.sendBatch("dht", batchTo(stranger));
  port.sendBatch("trackers", batchTo(tracker));
  t.deepEqual(
    out.map(({ to: { host } }) => host),
    [stranger.host, tracker.host],
  );
  bound[0]?.handlers.notSent?.(out[1]?.to ?? stranger, "ENETUNREACH");
  time.endTurn();
  t.deepEqual([heardBy("dht"), heardBy("engine")], [[], ["ENETUNREACH 203.0.113.80"]]);
});

test("a datagram of a family without a socket is refused", async (t) => {
  const { port, heardBy, time } = scene();
  await port.open({ hosts: ["0.0.0.0"], ports: [6_881] });
  port.use("trackers", engine);
  port.sendBatch("trackers", batchTo({ host: "2001:db8::1", port: 80 }));
  time.endTurn();
  t.deepEqual(heardBy("engine"), ["EAFNOSUPPORT 2001:db8::1"]);
});

test("the datagrams of a user that is gone are not kept for its successor, which begins again", async (t) => {
  const { port, receive, heardBy, time, refOf } = await openScene();
  receive(0x64);
  port.leave(dht);
  time.endTurn();
  receive(0x64);
  time.endTurn();
  t.deepEqual(heardBy("dht"), []);
  port.use("dht", { ...dht, epoch: 2 });
  // The end of the old incarnation, told late.
  port.leave(dht);
  receive(0x64);
  time.endTurn();
  t.deepEqual([heardBy("dht"), refOf("dht").casts("port-opened").length], [[0x64], 2]);
});

test("datagrams that a user has no room for are logged once a minute", async (t) => {
  const { receive, time, logged } = await openScene();
  const flood = (): void => {
    for (let i = 0; i < 1_030; i++) receive(0x64);
    time.advance(0);
  };
  flood();
  t.deepEqual(logged, [{ event: "datagrams-dropped", dropped: 6 }]);
  flood();
  t.is(logged.length, 1);
  time.advance(60_000);
  flood();
  t.deepEqual(logged[1], { event: "datagrams-dropped", dropped: 6 + 2 * 1_030 });
});

test("a port of the previous incarnation is tried every 200 ms for 5 s", async (t) => {
  const { port, inUse, time, bound } = scene();
  inUse.add(6_881);
  const opened = port.open({ hosts: ["0.0.0.0"], ports: [], last: { ipv4: 6_881 } });
  for (let i = 0; i < 3; i++) {
    await settle();
    time.advance(200);
  }
  inUse.delete(6_881);
  await settle();
  time.advance(200);
  t.deepEqual((await opened).refused, []);
  t.is(bound.length, 1);
});

test("a port that stays in use is refused after 5 s", async (t) => {
  const { port, inUse, time } = scene();
  inUse.add(6_881);
  const startMs = time.nowMs();
  let refused: readonly { readonly code: string }[] | undefined;
  void port.open({ hosts: ["0.0.0.0"], ports: [], last: { ipv4: 6_881 } }).then((listening) => {
    refused = listening.refused;
  });
  for (let i = 0; i < 100 && refused === undefined; i++) {
    await settle();
    time.step();
  }
  t.is(refused?.[0]?.code, "EADDRINUSE");
  t.is(time.nowMs() - startMs, 5_000);
});

test("closing closes the sockets of both families", async (t) => {
  const { port, closed } = await openScene();
  port.close();
  t.deepEqual(closed, [6_881, 6_881]);
});

test("the header of a proxy is that of the family's socket, and 0 without a proxy", async (t) => {
  const { port } = scene();
  t.is(port.headerBytesTo(stranger), 0);
  await port.open({ hosts, ports: [6_881] });
  t.is(port.headerBytesTo(stranger), 0);
  const proxied = scene();
  const { bind } = proxied.datagrams;
  proxied.datagrams.bind = async (options, handlers) => ({
    ...(await bind(options, handlers)),
    headerBytes: options.host === "::" ? 22 : 10,
  });
  await proxied.port.open({ hosts, ports: [0] });
  t.is(proxied.port.headerBytesTo(stranger), 10);
  t.is(proxied.port.headerBytesTo({ host: "2001:db8::1", port: 1 }), 22);
});
