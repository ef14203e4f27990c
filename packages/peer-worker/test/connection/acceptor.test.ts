import test from "ava";
import { PeerFlag } from "@troupe/messages";
import { rangesOf } from "@troupe/messages/testing";

import { peerActor } from "../../src/peer.actor.ts";
import { WorkerBench } from "../support/worker-bench.ts";

test("all addresses listen on the port of the first", async (t) => {
  const { state, worker, sockets } = await WorkerBench.start();
  t.deepEqual(await state.acceptor.listen(["0.0.0.0", "::"], 0, true), { port: 50_000 });
  t.deepEqual(sockets.listening, [
    { host: "0.0.0.0", port: 50_000, reusePort: true, ipv6Only: false },
    { host: "::", port: 50_000, reusePort: true, ipv6Only: true },
  ]);
  t.is(worker.listenPort, 50_000);
});

test("when one address fails no address is listened on, and the refusal names it", async (t) => {
  const { state, worker, sockets } = await WorkerBench.start();
  sockets.failing.set("::", "EADDRINUSE");
  t.deepEqual(await state.acceptor.listen(["0.0.0.0", "::"], 7_000, false), {
    refused: "EADDRINUSE",
    host: "::",
  });
  t.deepEqual(sockets.listening, []);
  t.is(worker.listenPort, undefined);
});

test("listening again replaces the earlier listeners", async (t) => {
  const { state, sockets } = await WorkerBench.start();
  await state.acceptor.listen(["0.0.0.0"], 7_001, false);
  t.deepEqual(
    sockets.listening.map(({ port }) => port),
    [7_001],
  );
});

test("listening on no address ends the earlier listeners", async (t) => {
  const { state, worker, sockets } = await WorkerBench.start();
  await state.acceptor.listen(["0.0.0.0"], 7_001, false);
  t.deepEqual(await state.acceptor.listen([], 0, false), { port: 0 });
  t.deepEqual(sockets.listening, []);
  t.is(worker.listenPort, undefined);
});

test("beyond the bound of silent connections the oldest is closed", async (t) => {
  const bench = await WorkerBench.start({ handshakeLimit: 5 });
  const streams = Array.from({ length: 6 }, (_, at) =>
    bench.sockets.connect({ host: `198.51.${at >> 8}.${at & 255}`, port: 6_881 }),
  );
  t.deepEqual(
    streams.map((stream, at) => (stream.isClosed ? at : -1)).filter((at) => at >= 0),
    [0],
  );
});

test("stopping closes every connection and the port", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const peer = await bench.meet(torrent, "a");
  const shaking = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  await peerActor.stop?.(bench.state);
  t.true(peer.isClosed && shaking.isClosed);
  t.deepEqual(bench.sockets.listening, []);
});

test("a connection from an address in the IP filter is closed before a byte of it is read", async (t) => {
  const bench = await WorkerBench.start({
    ipFilter: { ranges: rangesOf("198.51.100.0-198.51.100.9") },
  });
  const filtered = bench.sockets.connect({ host: "198.51.100.9", port: 6_881 });
  const other = bench.sockets.connect({ host: "198.51.100.10", port: 6_881 });
  t.true(filtered.isClosed);
  t.false(other.isClosed);
});

test("a new IP filter closes the accepted connections that it names, during the handshake and after", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const [peer, kept] = [await bench.meet(torrent, "a"), await bench.meet(torrent, "z")];
  const shaking = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  bench.takeNotices();
  await bench.send("set-ip-filter", { ranges: rangesOf("198.51.100.0-198.51.100.100") });
  t.true(peer.isClosed && shaking.isClosed);
  t.false(kept.isClosed);
  t.like(bench.takeNotice("peer-closed"), { reason: "ip-filtered", isFault: false });
});

test("a peer whose admission is on its way is closed by a new IP filter", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  bench.admission = undefined;
  const peer = await bench.meet(torrent, "a");
  await bench.send("set-ip-filter", { ranges: rangesOf("198.51.100.97") });
  t.true(peer.isClosed);
  bench.admission = "admitted";
  await bench.settle();
  t.is(bench.takeNotice("peer-closed").reason, "ip-filtered");
});

test("a new IP filter leaves a web seed with its address", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const seed = await bench.meet(torrent, "a");
  bench.row(torrent, 0).setFlag(PeerFlag.isWebSeed, true);
  await bench.send("set-ip-filter", { ranges: rangesOf("198.51.100.97") });
  t.false(seed.isClosed);
});
