// The reaction to each misbehaving peer, and the bounds of its cost.

import type { TorrentVersion } from "../support/simulated/swarm/torrent.ts";

const second = 1_000;
const kibibyte = 1_024;
/** Bytes on the way when a peer of 1 MB/s is closed: its own queue, and a round trip. */
const underWayBytes = 128 * kibibyte;

/** A reaction, and the bounds of its cost. */
export interface Reaction {
  /** Reasons of the `peer` events of its partings; none when it was never a peer. */
  readonly reasons: readonly string[];
  /** From its connecting to the first end. */
  readonly closesWithinMs: number;
  /** And not before. */
  readonly closesAfterMs?: number;
  /** The most that it can make us take. */
  readonly takenBytes: number;
  /** The most that we say to it. */
  readonly saidBytes: number;
  /** Payload for nothing. */
  readonly wastedBytes: number;
  /** The most that it can make us hold. */
  readonly heldBytes: number;
  /** The honest seeder serves from then on; a misbehaving peer is alone with us before. */
  readonly honestAfterMs?: number;
  /** Dials of others that it makes us begin in three minutes. Default 0. */
  readonly dials?: number;
  /** Connections that it gets in three minutes, when it comes back or is dialled again. */
  readonly visits?: number;
  /** Milliseconds by which it may hold up the honest download. Default 0. */
  readonly heldUpMs?: number;
  /** Version of the torrent. Default v1. */
  readonly version?: TorrentVersion;
  /** It takes longer than a test over real sockets should. */
  readonly isSlow?: true;
}

const unseen: Reaction = {
  reasons: [],
  closesWithinMs: second,
  takenBytes: kibibyte,
  saidBytes: 0,
  wastedBytes: 0,
  heldBytes: 0,
};

/** Our handshake, extension handshake and bitfield, and some `have`s. */
const greetingBytes = kibibyte;

function closes(reason: string, over: Partial<Reaction> = {}): Reaction {
  return {
    reasons: [reason],
    closesWithinMs: second,
    takenBytes: underWayBytes,
    saidBytes: greetingBytes,
    wastedBytes: 0,
    heldBytes: 32 * kibibyte,
    ...over,
  };
}

/** Tolerated: it does no harm, and is closed like any silent peer. */
const tolerated = closes("idle", {
  closesAfterMs: 150 * second,
  closesWithinMs: 155 * second,
  isSlow: true,
});
const unrequested = closes("unrequested-blocks", {
  wastedBytes: 96 * kibibyte,
  takenBytes: 192 * kibibyte,
});
const badRequests = closes("bad-requests");
/** Its 1,920 rejects, and the answers of a second. */
const hashesFlood = closes("hashes-flood", {
  version: "v2",
  takenBytes: 256 * kibibyte,
  saidBytes: 128 * kibibyte,
});
/** The torrent has no layers: hashes are requested of this peer. */
const wrongHashes = closes("hashes-wrong", { version: "v2-without-layers" });
const messageFlood = closes("message-flood", { takenBytes: 512 * kibibyte });
const handshakeDeadline: Partial<Reaction> = {
  closesAfterMs: 10 * second,
  closesWithinMs: 11 * second,
  isSlow: true,
};
const stalled = closes("frame-stalled", {
  closesAfterMs: 30 * second,
  closesWithinMs: 35 * second,
  isSlow: true,
});

/** By name of the peer. */
export const reactions: Readonly<Record<string, Reaction>> = {
  "wrong-protocol-string": unseen,
  "http-request": unseen,
  "tls-hello": unseen,
  // It may be the key of an encrypted handshake: our own key and a pad answer it.
  noise: { ...unseen, ...handshakeDeadline, saidBytes: 96 + 512 },
  "unknown-info-hash": unseen,
  "own-peer-id": { ...unseen, saidBytes: 68 },
  silent: { ...unseen, ...handshakeDeadline },
  "slow-handshake": { ...unseen, ...handshakeDeadline },
  "half-handshake": { ...unseen, ...handshakeDeadline, saidBytes: 68 },
  "silent-when-dialled": { ...unseen, ...handshakeDeadline, saidBytes: 5 * 68, visits: 5 },
  "other-torrent-when-dialled": { ...unseen, saidBytes: 5 * 68, visits: 5 },
  "half-frame": stalled,
  "half-length": stalled,
  "length-of-2-gib": closes("frame-too-long"),
  "length-of-4-gib": closes("frame-too-long"),
  "length-not-fitting": closes("frame-wrong-length"),
  "bitfield-too-short": closes("bitfield-wrong-length"),
  "bitfield-too-long": closes("bitfield-wrong-length"),
  "bitfield-spare-bits": closes("bitfield-spare-bits"),
  "bitfield-flood": closes("bitfield-flood"),
  "have-out-of-range": closes("piece-out-of-range"),
  "negative-have": closes("piece-out-of-range"),
  "have-flood": closes("have-flood", { takenBytes: 256 * kibibyte }),
  "request-outside-piece": badRequests,
  "request-of-nothing": badRequests,
  "request-over-16-kib": badRequests,
  "request-over-128-kib": badRequests,
  "negative-request": badRequests,
  // It is not read either once its 16,384 requests are here: what else it says stays in the system's buffers.
  "request-flood": closes("not-reading", {
    closesAfterMs: 120 * second,
    closesWithinMs: 130 * second,
    takenBytes: 1 << 20,
    saidBytes: 1 << 20,
    heldBytes: 1 << 20,
    isSlow: true,
  }),
  "request-hoarder": closes("too-many-requests", {
    takenBytes: 640 * kibibyte,
    saidBytes: 1 << 20,
    heldBytes: 1 << 20,
    honestAfterMs: 5 * second,
  }),
  "choked-requests": closes("choked-requests", { closesWithinMs: 4 * second, isSlow: true }),
  "early-request-flood": closes("choked-requests"),
  "cancel-storm": closes("cancel-flood", { takenBytes: 1 << 20 }),
  "request-cancel-storm": closes("cancel-flood", {
    closesWithinMs: 4 * second,
    takenBytes: 3 << 20,
    saidBytes: 1 << 20,
    heldBytes: 1 << 20,
  }),
  "unrequested-blocks": unrequested,
  "tiny-unrequested-blocks": { ...unrequested, wastedBytes: kibibyte },
  "same-block-twice": unrequested,
  "shifted-blocks": { ...unrequested, closesWithinMs: 90 * second, honestAfterMs: 100 * second },
  "short-blocks": unrequested,
  "long-blocks": closes("frame-too-long"),
  "overlapping-blocks": {
    ...unrequested,
    closesWithinMs: 90 * second,
    honestAfterMs: 100 * second,
  },
  // All that it gives before the first of its pieces has been hashed.
  "bad-data": closes("bad-piece", { takenBytes: 1 << 20, wastedBytes: 1 << 20 }),
  "block-holder": closes("both-seeds", { closesWithinMs: 7 * second }),
  // Thirteen seconds for the head of the message, thirty for the block behind it.
  "block-trickler": closes("frame-stalled", {
    closesAfterMs: 30 * second,
    closesWithinMs: 45 * second,
    honestAfterMs: 60 * second,
    wastedBytes: kibibyte,
    isSlow: true,
  }),
  "mid-block-reset": closes("closed-by-peer", { wastedBytes: 8 * kibibyte }),
  "half-closer": closes("closed-by-peer", { wastedBytes: 8 * kibibyte }),
  "choke-flapping": closes("message-flood", {
    closesWithinMs: 7 * second,
    saidBytes: 8 * kibibyte,
    isSlow: true,
  }),
  "interest-flapping": closes("message-flood", { closesWithinMs: 7 * second, isSlow: true }),
  "have-all-without-agreement": closes("fast-not-agreed"),
  "have-none-after-bitfield": closes("late-have-none"),
  "reject-of-nothing": closes("reject-not-requested"),
  "reject-twice": closes("reject-not-requested"),
  "rejects-everything": closes("both-seeds", { closesWithinMs: 7 * second }),
  // Its requests go to others after 20 s.
  "choke-without-rejects": closes("both-seeds", {
    closesWithinMs: 27 * second,
    honestAfterMs: 25 * second,
    isSlow: true,
  }),
  "allowed-fast-flood": messageFlood,
  "suggest-flood": messageFlood,
  "allowed-fast-of-no-piece": closes("piece-out-of-range"),
  // Besides the rejects it gets the blocks that were read in time.
  "fast-request-flood": closes("request-flood", {
    takenBytes: 512 * kibibyte,
    saidBytes: 4 << 20,
    heldBytes: 1 << 20,
  }),
  "lost-piece-flood": closes("extension-flood", { takenBytes: 640 * kibibyte }),
  "lost-piece-out-of-range": closes("piece-out-of-range"),
  "upload-only-flood": closes("extension-flood"),
  // The system takes batches of 1, 1, 2, 4 … blocks: the two after them are sent ahead of its reads.
  "slow-reader": closes("not-reading", {
    closesAfterMs: 120 * second,
    closesWithinMs: 130 * second,
    saidBytes: 1 << 20,
    heldBytes: 512 * kibibyte,
    isSlow: true,
  }),
  "extended-handshake-of-1-mib": closes("frame-too-long", { takenBytes: 2 << 20 }),
  "extended-handshake-10000-names": closes("frame-too-long"),
  "extended-handshake-crowded": tolerated,
  "extended-handshake-broken": closes("bencode-malformed"),
  "extended-handshake-flood": messageFlood,
  "absurd-request-queue": tolerated,
  // A hundred answers of a few hundred bytes: the metadata of this torrent is small.
  "metadata-request-flood": closes("extension-flood", { saidBytes: 64 * kibibyte }),
  "metadata-requests-in-vain": closes("extension-flood", { saidBytes: 8 * kibibyte }),
  "unrequested-metadata": closes("unrequested-blocks"),
  "metadata-reject-storm": closes("extension-flood"),
  "metadata-block-of-wrong-length": closes("field-invalid"),
  "metadata-message-of-30-kib": closes("extension-too-long"),
  "peer-exchange-of-10000-peers": closes("frame-too-long"),
  "peer-exchange-too-long": closes("extension-too-long"),
  // Dials to 200 strangers, each twice.
  "peer-exchange-of-2000-peers": { ...tolerated, dials: 400 },
  "peer-exchange-every-second": closes("extension-flood", {
    closesAfterMs: 9 * second,
    closesWithinMs: 10 * second,
    isSlow: true,
    dials: 2,
  }),
  "peer-exchange-flood": closes("extension-flood"),
  "peer-exchange-cut-address": closes("compact-wrong-length"),
  "peer-exchange-of-numbers": closes("field-wrong-type"),
  "peer-exchange-of-long-flags": { ...tolerated, dials: 2 },
  "peer-exchange-of-local-addresses": tolerated,
  "peer-exchange-of-one-victim": { ...tolerated, dials: 2 },
  "peer-exchange-of-the-dropped": tolerated,
  "peer-exchange-before-the-handshake": { ...tolerated, dials: 6 },
  "peer-exchange-on-and-off": {
    ...closes("closed-by-peer", { isSlow: true }),
    closesAfterMs: 179 * second,
    closesWithinMs: 181 * second,
  },
  "hash-request-flood": hashesFlood,
  "leaf-request-flood": hashesFlood,
  "hash-requests-unread": { ...hashesFlood, saidBytes: greetingBytes },
  "hash-requests-out-of-range": hashesFlood,
  "hash-requests-of-4-billion": hashesFlood,
  "hash-requests-of-unknown-files": hashesFlood,
  "unrequested-hashes": closes("hashes-not-requested", { version: "v2" }),
  "hashes-of-16-mib": closes("frame-too-long", { version: "v2" }),
  "hash-reject-flood": { ...messageFlood, version: "v2", takenBytes: 640 * kibibyte },
  "wrong-hashes": wrongHashes,
  "hashes-without-proof": wrongHashes,
  // Each hash is asked of it again after a pause, and it gives the blocks whose hashes the honest seeder gave.
  "rejects-hash-requests": closes("both-seeds", {
    version: "v2-without-layers",
    closesWithinMs: 7 * second,
    saidBytes: 2 * kibibyte,
    takenBytes: 1 << 20,
  }),
  "withholds-hashes": closes("both-seeds", {
    version: "v2-without-layers",
    closesWithinMs: 7 * second,
    saidBytes: 2 * kibibyte,
    takenBytes: 1 << 20,
  }),
  // It is asked for the leaf hashes, too: after 2 s they are asked of the honest seeder.
  "one-bad-block-a-piece": closes("bad-piece", {
    version: "v2",
    heldUpMs: 3 * second,
    takenBytes: 256 * kibibyte,
    wastedBytes: 128 * kibibyte,
  }),
  "unknown-messages": closes("unknown-messages", {
    takenBytes: 2 << 20,
    closesWithinMs: 2 * second,
  }),
  "tiny-unknown-messages": messageFlood,
  "unknown-extended-messages": closes("unknown-messages", {
    takenBytes: 2 << 20,
    closesWithinMs: 2 * second,
  }),
  "tiny-extended-messages": messageFlood,
  "keep-alive-flood": messageFlood,
  "same-id-crowd": { ...tolerated, closesAfterMs: 0, saidBytes: 8 * kibibyte },
  "connect-storm": closes("piece-out-of-range", {
    reasons: ["piece-out-of-range", "piece-out-of-range"],
    saidBytes: 2 * kibibyte,
  }),
  "hit-and-run": closes("closed-by-peer", { saidBytes: 16 * kibibyte }),
};
