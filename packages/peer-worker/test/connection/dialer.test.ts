import test from "ava";
import { plainTcp, type TorrentId } from "@troupe/messages";
import { rangesOf } from "@troupe/messages/testing";

import { secondTransportMs, utpDialsPerSecond } from "../../src/connection/dial-order.ts";
import { FakeStream } from "../support/fake-stream.ts";
import { ScriptedPeer } from "../support/scripted-peer.ts";
import { type BenchTorrent, WorkerBench } from "../support/worker-bench.ts";

async function dial(bench: WorkerBench, torrent: BenchTorrent, ...ports: number[]): Promise<void> {
  for (const port of ports) {
    await bench.send("dial", {
      torrent: torrent.id,
      host: "203.0.113.5",
      port,
      kind: plainTcp,
      timeoutMs: 5_000,
    });
  }
}

test("at most the allowed connections are opened at once; the others wait", async (t) => {
  const bench = await WorkerBench.start({ halfOpenLimit: 2 });
  const torrent = await bench.openTorrent({ had: "." });
  await dial(bench, torrent, 1, 2, 3, 4);
  const portsDialled = (): number[] => bench.sockets.dials.map(({ to }) => to.port);
  t.deepEqual(portsDialled(), [1, 2]);
  bench.sockets.dials[0]?.stream.hangUp("ECONNREFUSED");
  t.deepEqual(portsDialled(), [1, 2, 3]);
  const second = bench.sockets.dials[1]?.stream;
  if (second !== undefined) second.handlers?.opened?.(second);
  t.deepEqual(portsDialled(), [1, 2, 3, 4]);
  t.like(bench.takeNotice("dial-failed"), { port: 1, reason: "ECONNREFUSED" });
});

test("a peer that closes without a byte is dialled again, encrypted, and has failed when it closes again", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  await dial(bench, torrent, 1);
  for (const attempt of [0, 1]) {
    const stream = bench.sockets.dials[attempt]?.stream;
    if (stream === undefined) return t.fail();
    stream.handlers?.opened?.(stream);
    stream.hangUp();
  }
  t.is(bench.takeNotice("dial-failed").reason, "closed-by-peer");
  t.is(bench.sockets.dials.length, 2);
});

test("without encryption a peer that closes during the handshake has failed", async (t) => {
  const bench = await WorkerBench.start();
  await bench.send("set-encryption", { mode: "off" });
  const torrent = await bench.openTorrent({ had: "." });
  await dial(bench, torrent, 1);
  const stream = bench.sockets.dials[0]?.stream;
  if (stream === undefined) return t.fail();
  stream.handlers?.opened?.(stream);
  stream.hangUp();
  t.is(bench.takeNotice("dial-failed").reason, "closed-by-peer");
  t.is(bench.sockets.dials.length, 1);
});

test("a dial for a torrent that is not open fails", async (t) => {
  const bench = await WorkerBench.start();
  await bench.send("dial", {
    torrent: 9 as TorrentId,
    host: "203.0.113.5",
    port: 1,
    kind: plainTcp,
    timeoutMs: 1,
  });
  t.like(bench.takeNotice("dial-failed"), { torrent: 9, reason: "torrent-closed" });
});

test("a bound worker dials from its address of the same family", async (t) => {
  const bench = await WorkerBench.start({ bind: ["192.0.2.9", "2001:db8::9"] });
  const torrent = await bench.openTorrent({ had: "." });
  await dial(bench, torrent, 1);
  await bench.send("dial", {
    torrent: torrent.id,
    host: "2001:db8::1",
    port: 2,
    kind: plainTcp,
    timeoutMs: 1,
  });
  t.deepEqual(
    bench.sockets.dials.map(({ options }) => options.localHost),
    ["192.0.2.9", "2001:db8::9"],
  );
});

test("an address of a family that is not bound cannot be dialled", async (t) => {
  const bench = await WorkerBench.start({ bind: ["192.0.2.9"] });
  const torrent = await bench.openTorrent({ had: "." });
  await bench.send("dial", {
    torrent: torrent.id,
    host: "2001:db8::1",
    port: 2,
    kind: plainTcp,
    timeoutMs: 1,
  });
  t.is(bench.takeNotice("dial-failed").reason, "no-local-address");
});

test("closing a torrent ends its waiting and running dials", async (t) => {
  const bench = await WorkerBench.start({ halfOpenLimit: 2 });
  const torrent = await bench.openTorrent({ had: "." });
  const other = await bench.openTorrent({ had: "." });
  await dial(bench, torrent, 1, 2, 3);
  await dial(bench, other, 4);
  await bench.send("close-torrent", { torrent: torrent.id });
  const failed = bench.takeNotices("dial-failed") as { port: number; reason: string }[];
  t.deepEqual(failed.map(({ port, reason }) => `${port} ${reason}`).sort(), [
    "1 torrent-closed",
    "2 torrent-closed",
    "3 torrent-closed",
  ]);
  t.is(bench.sockets.dials.at(-1)?.to.port, 4);
});

test("waiting dials beyond 4,096 are refused", async (t) => {
  const bench = await WorkerBench.start({ halfOpenLimit: 1 });
  const torrent = await bench.openTorrent({ had: "." });
  for (let port = 1; port <= 4_098; port++) {
    bench.state.dialer.dial({
      torrent: torrent.id,
      host: "203.0.113.5",
      port,
      kind: plainTcp,
      timeoutMs: 1,
    });
  }
  t.like(bench.takeNotice("dial-failed"), { port: 4_098, reason: "dial-queue-full" });
});

test("an address in the IP filter is not dialled, and a new filter ends the dials that it names", async (t) => {
  const bench = await WorkerBench.start({
    halfOpenLimit: 1,
    ipFilter: { ranges: rangesOf("203.0.113.9") },
  });
  const torrent = await bench.openTorrent({ had: "." });
  const to = (host: string) => ({
    torrent: torrent.id,
    host,
    port: 1,
    kind: plainTcp,
    timeoutMs: 5_000,
  });
  await bench.send("dial", to("203.0.113.9"));
  t.is(bench.takeNotice("dial-failed").reason, "ip-filtered");
  for (const host of ["203.0.113.5", "203.0.113.6", "203.0.113.9"])
    await bench.send("dial", to(host));
  await bench.send("set-ip-filter", { ranges: rangesOf("203.0.113.0-203.0.113.6") });
  t.deepEqual(
    bench.sockets.dials.map((begun) => [begun.to.host, begun.stream.isClosed]),
    [
      ["203.0.113.5", true],
      ["203.0.113.9", false],
    ],
  );
  const failed = bench.takeNotices("dial-failed") as { host: string; reason: string }[];
  t.deepEqual(failed.map(({ host, reason }) => `${host} ${reason}`).sort(), [
    "203.0.113.5 ip-filtered",
    "203.0.113.6 ip-filtered",
  ]);
});

/** Gives the worker uTP. @returns The dials over it. */
function giveUtp(bench: WorkerBench): FakeStream[] {
  const dials: FakeStream[] = [];
  bench.worker.utp = {
    accept: undefined,
    dial: (to, handlers) => {
      const stream = new FakeStream(to, (task) => bench.time.soon(task));
      stream.handlers = handlers;
      dials.push(stream);
      return stream;
    },
  };
  return dials;
}

test("D04: a peer that does not answer over TCP is dialled over uTP, and its connection is over uTP", async (t) => {
  const bench = await WorkerBench.start();
  const utp = giveUtp(bench);
  const torrent = await bench.openTorrent({ had: "." });
  await dial(bench, torrent, 1);
  await bench.advance(secondTransportMs - 1);
  t.is(utp.length, 0);
  await bench.advance(1);
  const [stream] = utp;
  if (stream === undefined) return t.fail();
  stream.handlers?.opened?.(stream);
  t.true(bench.sockets.dials[0]?.stream.isClosed);
  new ScriptedPeer(stream, torrent.pieceLengthBytes).shakeHands(torrent.infoHash, "A");
  await bench.settle();
  t.like(bench.takeNotice("peer-opened"), { kind: { transport: "utp", encryption: "none" } });
});

test("D04: where the engine asks for uTP it is dialled first, and TCP at once where it is refused", async (t) => {
  const bench = await WorkerBench.start();
  const utp = giveUtp(bench);
  const torrent = await bench.openTorrent({ had: "." });
  const kind = { transport: "utp", encryption: "none" } as const;
  const address = { host: "203.0.113.5", port: 1 };
  await bench.send("dial", { torrent: torrent.id, ...address, kind, timeoutMs: 5_000 });
  t.is(utp.length, 1);
  t.is(bench.sockets.dials.length, 0);
  utp[0]?.hangUp("ECONNREFUSED");
  t.is(bench.sockets.dials.length, 1);
  t.deepEqual(bench.takeNotices("dial-failed"), []);
});

test("D04: a dial over uTP alone is no half-open connection once TCP has ended", async (t) => {
  const bench = await WorkerBench.start({ halfOpenLimit: 1 });
  const utp = giveUtp(bench);
  const torrent = await bench.openTorrent({ had: "." });
  await dial(bench, torrent, 1, 2);
  await bench.advance(secondTransportMs);
  t.is(bench.sockets.dials.length, 1);
  bench.sockets.dials[0]?.stream.hangUp("EHOSTUNREACH");
  t.is(bench.sockets.dials.length, 2);
  t.deepEqual(bench.takeNotices("dial-failed"), []);
  utp[0]?.hangUp("dial-timeout");
  t.is(bench.takeNotice("dial-failed").reason, "EHOSTUNREACH");
});

test("D04: over uTP alone 30 dials begin in a second, and nothing is dialled or accepted over TCP", async (t) => {
  const bench = await WorkerBench.start({ halfOpenLimit: 100 });
  const utp = giveUtp(bench);
  await bench.send("set-transport", { mode: "utp" });
  const torrent = await bench.openTorrent({ had: "." });
  const ports = Array.from({ length: utpDialsPerSecond + 1 }, (_, index) => index + 1);
  await dial(bench, torrent, ...ports);
  t.is(utp.length, utpDialsPerSecond);
  await bench.advance(1_000);
  t.is(utp.length, utpDialsPerSecond + 1);
  t.is(bench.sockets.dials.length, 0);
  t.true(bench.sockets.connect({ host: "203.0.113.5", port: 9 }).isClosed);
});

test("D04: over uTP alone a worker without a UDP port cannot dial", async (t) => {
  const bench = await WorkerBench.start();
  await bench.send("set-transport", { mode: "utp" });
  const torrent = await bench.openTorrent({ had: "." });
  await dial(bench, torrent, 1);
  t.is(bench.takeNotice("dial-failed").reason, "no-udp-port");
});

test("D04: a peer that closes a plain connection over uTP is dialled encrypted over uTP", async (t) => {
  const bench = await WorkerBench.start();
  const utp = giveUtp(bench);
  const torrent = await bench.openTorrent({ had: "." });
  await dial(bench, torrent, 1);
  await bench.advance(secondTransportMs);
  const [stream] = utp;
  if (stream === undefined) return t.fail();
  stream.handlers?.opened?.(stream);
  stream.hangUp();
  t.is(utp.length, 2);
  t.is(bench.sockets.dials.length, 1);
});
