import test from "ava";
import { RateShare, torrentWeight } from "@troupe/messages";

import { LimitedDirection, type LimitedPeer } from "../../src/rate-limits/limited-direction.ts";
import { Waiting } from "../../src/rate-limits/waiting-share.ts";

const block = 16_384;
const hungryBytes = 100 * block;

/** Peers of torrents with these weights that take all that they may, under one limit. */
function scene(weights: readonly number[]) {
  const share = new RateShare().down;
  share.setRates(1_000_000, 0);
  const direction = new LimitedDirection<(typeof peers)[number]>(
    "down",
    () => 0,
    () => {},
  );
  const peers = weights.map((weight) => ({
    bytes: 0,
    isUnlimited: false,
    isOverTcp: false,
    torrent: { limits: undefined, group: undefined, weight: torrentWeight(weight) },
  }));
  direction.setEngineShare(new Waiting(share));
  const transfer = (peer: (typeof peers)[number]): void => {
    // Blocks are requested until no more are allowed.
    for (let granted = 1; granted > 0;) {
      granted = Math.min(direction.allow(peer, hungryBytes), block);
      direction.take(peer, granted);
      peer.bytes += granted;
    }
  };
  for (const peer of peers) transfer(peer);
  return {
    peers,
    share,
    direction,
    /** Grants so many blocks at each look. */
    look(looks: number, blocks: number): void {
      for (let time = 0; time < looks; time++) {
        share.grant(blocks * block);
        direction.serveWaiting(transfer);
      }
    },
    blocks: () => peers.map(({ bytes }) => bytes / block),
  };
}

test("the limit of TCP holds for peers over TCP alone, beside the other limits", (t) => {
  const [all, ofTcp] = [new RateShare().up, new RateShare().up];
  const direction = new LimitedDirection<LimitedPeer>(
    "up",
    () => 0,
    () => {},
  );
  const torrent = { limits: undefined, group: undefined, weight: torrentWeight(1) };
  const tcp = { isUnlimited: false, isOverTcp: true, torrent };
  const utp = { ...tcp, isOverTcp: false };
  const neighbour = { ...tcp, isUnlimited: true };
  ofTcp.setRates(1_000, 0);
  direction.setTcpShare(new Waiting(ofTcp));
  t.true(direction.limitsAll);
  t.deepEqual(
    [tcp, utp, neighbour].map((peer) => direction.allow(peer, block)),
    [0, block, block],
  );
  t.deepEqual([ofTcp.wantedBytes, ofTcp.waitingWeight], [block, 1]);
  direction.leaveAll();
  all.setRates(1_000_000, 0);
  all.grant(8 * block);
  ofTcp.grant(2 * block);
  direction.setEngineShare(new Waiting(all));
  t.is(direction.allow(tcp, hungryBytes), 2 * block);
  direction.take(tcp, 2 * block);
  t.deepEqual([all.grantedBytes, ofTcp.grantedBytes], [6 * block, 0]);
  direction.leaveAll();
  direction.setTcpShare(undefined);
  t.is(direction.allow(tcp, hungryBytes), 6 * block);
});

test("each waiting peer is counted with the weight of its torrent", (t) => {
  const { direction, peers, share } = scene([1, 2, 8, 0.5]);
  t.is(share.waitingWeight, 11.5);
  for (const peer of peers) direction.leave(peer);
  t.is(share.waitingWeight, 0);
});

for (const blocksALook of [1, 2, 4, 32]) {
  test(`peers of equal weight get equal bytes, at ${blocksALook} blocks a look`, (t) => {
    for (const weight of [1, 2, 8]) {
      const { blocks, look } = scene([weight, weight, weight, weight]);
      look(120, blocksALook);
      const [one, ...others] = blocks();
      t.is(one, 30 * blocksALook);
      t.true(others.every((count) => count === one));
    }
  });

  test(`peers get bytes by their weights, at ${blocksALook} blocks a look`, (t) => {
    const { blocks, look } = scene([1, 2, 8, 1]);
    look(1_200, blocksALook);
    const expected = [100, 200, 800, 100].map((count) => count * blocksALook);
    for (const [at, count] of blocks().entries()) {
      const due = expected[at] ?? 0;
      t.true(Math.abs(count - due) <= 0.1 * due + 1, `${count} of ${due}`);
    }
    t.is(
      blocks().reduce((sum, count) => sum + count, 0),
      1_200 * blocksALook,
    );
  });
}

test("beside the heaviest torrent the lightest gets bytes", (t) => {
  const { blocks, look } = scene([1 / 64, 64]);
  look(4_097, 2);
  t.deepEqual(blocks(), [2, 8_192]);
});

test("L08: a peer without limits takes what it wants, and nothing of the others' bytes", (t) => {
  const { direction, peers, share } = scene([1, 1]);
  const [free, limited] = peers;
  if (free === undefined || limited === undefined) throw new Error("two peers");
  for (const peer of peers) direction.leave(peer);
  free.isUnlimited = true;
  share.grant(2 * block);
  t.is(direction.allow(free, hungryBytes), hungryBytes);
  direction.take(free, hungryBytes);
  t.is(share.grantedBytes, 2 * block);
  t.is(direction.allow(limited, hungryBytes), 2 * block);
});

test("hashes go beside blocks that use up a limit of all peers or of each peer, an eighth of it at most", (t) => {
  for (const [rate, peerRate] of [
    [80_000, 0],
    [0, 80_000],
  ] as const) {
    const { up } = new RateShare();
    up.setRates(rate, peerRate);
    let nowMs = 0;
    const direction = new LimitedDirection<LimitedPeer>(
      "up",
      () => nowMs,
      () => {},
    );
    direction.setEngineShare(new Waiting(up));
    const torrent = { limits: undefined, group: undefined, weight: torrentWeight(1) };
    const peer = { isUnlimited: false, isOverTcp: true, torrent };
    let sentBytes = 0;
    for (; nowMs < 20_000; nowMs += 50) {
      direction.take(peer, direction.allow(peer, hungryBytes));
      if (!direction.hasRoomForHashes(peer, 500)) continue;
      direction.sentHashes(peer, 500);
      sentBytes += 500;
    }
    t.true(sentBytes > 0 && sentBytes <= block + 20 * 10_000, `${sentBytes}`);
    t.true(sentBytes > 15 * 10_000, `${sentBytes}`);
  }
});
