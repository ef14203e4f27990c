import test from "ava";
import { encodeHandshake } from "@troupe/protocol/peer";

import { mostWaitingTurns } from "../../../src/connection/encryption/handshake-turns.ts";
import { maxEncryptedPerMinute, maxProbesPerMinute } from "../../../src/limits.ts";
import type { FakeStream } from "../../support/fake-stream.ts";
import { WorkerBench, type BenchTorrent } from "../../support/worker-bench.ts";

const host = "198.51.100.1";

/** Accepts a connection whose first bytes may be a key. */
function sendKey(bench: WorkerBench, from: string): FakeStream {
  const stream = bench.sockets.connect({ host: from, port: 1 });
  stream.arrive(new Uint8Array(96).fill(0x77));
  return stream;
}

/** @returns Whether a plain handshake from the address is answered. */
async function isAnswered(bench: WorkerBench, { infoHash }: BenchTorrent): Promise<boolean> {
  const stream = bench.sockets.connect({ host, port: 2 });
  stream.arrive(encodeHandshake({ infoHash, peerId: new Uint8Array(20).fill(1) }));
  await bench.settle();
  return stream.writes > 0;
}

test("handshakes that we have no time for are not held against their address", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  for (let at = 0; at < mostWaitingTurns; at++) sendKey(bench, `198.51.101.${at}`);
  for (let at = 0; at <= maxProbesPerMinute; at++) t.true(sendKey(bench, host).isClosed);
  t.true(await isAnswered(bench, torrent));
});

test("peers that close during the handshake of the encryption are not held against their address", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  for (let at = 0; at <= maxProbesPerMinute; at++) sendKey(bench, host).hangUp();
  t.true(await isAnswered(bench, torrent));
});

test("peers that break the protocol of the encryption are held against their address", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  for (let at = 0; at <= maxProbesPerMinute; at++) {
    const stream = sendKey(bench, host);
    await bench.settle();
    stream.arrive(new Uint8Array(1_000).fill(0x11));
    await bench.settle();
  }
  t.false(await isAnswered(bench, torrent));
});

test("case 65: an address that sends twenty keys in a minute is closed unread for the rest of it", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  for (let at = 0; at < maxEncryptedPerMinute; at++) sendKey(bench, host).hangUp();
  t.false(await isAnswered(bench, torrent));
  await bench.advance(60_000);
  t.true(await isAnswered(bench, torrent));
});

test("case 65: beside ten thousand keys in a second a plain handshake is answered, and 200 keys are kept", async (t) => {
  const bench = await WorkerBench.start();
  const torrent = await bench.openTorrent({ had: "." });
  const keys: FakeStream[] = [];
  for (let at = 0; at < 10_000; at++)
    keys.push(sendKey(bench, `198.${18 + (at >> 13)}.${(at >> 5) & 255}.${at & 31}`));
  t.is(keys.filter(({ isClosed }) => !isClosed).length, mostWaitingTurns);
  t.true(await isAnswered(bench, torrent));
});
