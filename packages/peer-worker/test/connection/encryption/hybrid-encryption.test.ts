// Encrypted handshakes of hybrids: the key is of one hash, and the handshake inside may name the other.

import test, { type ExecutionContext } from "ava";
import { PeerFlag } from "@troupe/messages";
import { KeyExchange, MseDialer, type MseStep } from "@troupe/protocol/encryption";
import { decodeHandshake, encodeHandshake, ownReservedBits } from "@troupe/protocol/peer";
import { parseInfoHash, type InfoHash } from "@troupe/protocol/units";

import type { FakeStream } from "../../support/fake-stream.ts";
import { WorkerBench } from "../../support/worker-bench.ts";

const v2 = parseInfoHash("2".repeat(40));
const random = { bytes: (count: number) => new Uint8Array(count).fill(3) };

/** A peer that dials us: the hash of its key, and the bytes that it sends with its offer. */
interface Dialled {
  readonly key: InfoHash;
  readonly firstPayload: Uint8Array;
}

function handshakeOf(infoHash: InfoHash, hasV2 = false): Uint8Array {
  const peerId = new Uint8Array(20).fill(1);
  return encodeHandshake({ infoHash, peerId, reserved: ownReservedBits({ hasV2 }) });
}

async function dialUs(
  t: ExecutionContext,
  bench: WorkerBench,
  { key, firstPayload }: Dialled,
): Promise<{ readonly stream: FakeStream; readonly step: MseStep }> {
  const stream = bench.sockets.connect({ host: "198.51.100.1", port: 1 });
  const exchange = new KeyExchange(random);
  const keys = exchange.makePair();
  const dialer = new MseDialer({ infoHash: key, offersPlain: false, firstPayload });
  stream.arrive(keys.publicKey);
  await bench.settle();
  const step = dialer.receive(stream.takeSent());
  if (step.kind !== "key") throw new Error(t.title);
  stream.arrive(dialer.useSecret(exchange.secret(keys, step.key), new Uint8Array()));
  await bench.settle();
  return { stream, step: dialer.receive(stream.takeSent()) };
}

/** The name in our handshake behind that of the encryption. */
function nameIn(step: MseStep): InfoHash | undefined {
  if (step.kind !== "done") return undefined;
  step.result.receiving.apply(step.rest);
  return decodeHandshake(step.rest).infoHash;
}

for (const keyVersion of ["v1", "v2"] as const) {
  for (const { named, hasV2 } of [
    { named: "v1", hasV2: false },
    { named: "v1", hasV2: true },
    { named: "v2", hasV2: false },
  ] as const) {
    const offer = hasV2 ? " with the offer of version 2" : "";
    test(`A16: behind a key of ${keyVersion} a handshake by ${named}${offer} is answered`, async (t) => {
      const bench = await WorkerBench.start();
      const torrent = await bench.openTorrent({ had: "#.", infoHashV2: v2 });
      const names = { v1: torrent.infoHash, v2 };
      const { step } = await dialUs(t, bench, {
        key: names[keyVersion],
        firstPayload: handshakeOf(names[named], hasV2),
      });
      const speaksV2 = hasV2 || named === "v2";
      t.is(nameIn(step), speaksV2 ? v2 : torrent.infoHash);
      t.is(bench.row(torrent, 0).flag(PeerFlag.speaksV2), speaksV2);
      t.like(bench.takeNotice("peer-opened").kind, { encryption: "rc4" });
    });
  }
}

test("A16: behind the key of another torrent a handshake by a hash of a hybrid is closed", async (t) => {
  const bench = await WorkerBench.start();
  await bench.openTorrent({ had: "#.", infoHashV2: v2 });
  const other = await bench.openTorrent({ had: "#." });
  const dialled = { key: other.infoHash, firstPayload: handshakeOf(v2, true) };
  const { stream, step } = await dialUs(t, bench, dialled);
  t.is(step.kind, "done");
  t.true(stream.isClosed);
});

test("a handshake of another torrent is closed, also if the torrent of the key was closed before it", async (t) => {
  const bench = await WorkerBench.start();
  const other = await bench.openTorrent({ had: "#." });
  const named = await bench.openTorrent({ had: "#." });
  const dialled = { key: named.infoHash, firstPayload: new Uint8Array() };
  const { stream, step } = await dialUs(t, bench, dialled);
  if (step.kind !== "done") throw new Error(t.title);
  void bench.send("close-torrent", { torrent: named.id });
  await bench.settle();
  t.false(bench.worker.torrentsByHash.has(named.infoHash));
  t.false(stream.isClosed);
  const handshake = handshakeOf(other.infoHash);
  step.result.sending.apply(handshake);
  stream.arrive(handshake);
  await bench.settle();
  t.true(stream.isClosed);
});
