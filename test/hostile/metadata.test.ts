// Peers that misuse the exchange of metadata while the engine has a magnet link alone: what is done about each, and what
// it costs. An honest seeder that comes 15 s later gives the metadata and the torrent.

import test from "ava";
import { type HostilePeer } from "@troupe/load-peers/misbehaving";
import { metadataAnswers } from "../support/hostile/metadata-answers.ts";
import { meetWithoutMetadata } from "../support/simulated/runs/metadata-hostility.ts";

interface Reaction {
  /** Reason of its close. */
  readonly reason: string;
  readonly closesWithinMs: number;
  readonly closesAfterMs?: number;
  /** The most that it can make us take, say and hold, the metadata that it sent included. */
  readonly takenBytes: number;
  readonly saidBytes: number;
  readonly heldBytes: number;
}

const kibibyte = 1_024;
/** The metadata is 316,604 bytes long. */
const metadataBytes = 310 * kibibyte;
/**
 * The greeting, a `have` for each piece, and three extension handshakes: without the metadata, with it, and as a seed.
 * The name of each extension makes a handshake up to 17 bytes longer.
 */
const greetingBytes = 1_344;
/** From the honest seeder's connection to the last piece, a wrong copy included. */
const downloadMs = 3_000;

/** It did no harm, and is closed as any peer that has fallen silent, 150 s after its last message. */
const tolerated: Reaction = {
  reason: "idle",
  closesAfterMs: 150_000,
  closesWithinMs: 165_000,
  takenBytes: kibibyte,
  saidBytes: greetingBytes,
  heldBytes: 0,
};

/** By name of the peer. */
const reactions: Readonly<Record<string, Reaction>> = {
  "metadata-sizes-out-of-range": tolerated,
  // Memory follows the bytes that came.
  "metadata-size-promised": tolerated,
  "metadata-sizes-changing": tolerated,
  // Two copies, each judged alone.
  "metadata-of-zeros": {
    reason: "bad-metadata",
    closesWithinMs: 2_000,
    takenBytes: 2 * metadataBytes + 16 * kibibyte,
    saidBytes: 2 * kibibyte,
    heldBytes: metadataBytes,
  },
  // After each answer it is asked nothing for 5 s, 10 s, 20 s, …
  "metadata-of-another-size": { ...tolerated, takenBytes: 80 * kibibyte },
  "metadata-rejecter": tolerated,
  "metadata-silence": tolerated,
  "metadata-blocks-repeated": {
    reason: "unrequested-blocks",
    closesWithinMs: 1_000,
    takenBytes: 256 * kibibyte,
    saidBytes: kibibyte,
    heldBytes: 128 * kibibyte,
  },
  "early-metadata-request-flood": {
    reason: "extension-flood",
    closesWithinMs: 1_000,
    takenBytes: 128 * kibibyte,
    saidBytes: 8 * kibibyte,
    heldBytes: 0,
  },
};

const reacts = test.macro<[HostilePeer]>({
  title: (_, { cases, name, does }) => `case ${cases.join(", ")}: ${name} ${does}`,
  async exec(t, peer) {
    const due = reactions[peer.name];
    if (due === undefined) return t.fail("it is not said what is to be done about this peer");
    const report = await meetWithoutMetadata(peer);
    const { closedAfterMs } = report;
    t.deepEqual(report.violations, []);
    t.deepEqual(report.reasons, [due.reason]);
    t.true(closedAfterMs >= (due.closesAfterMs ?? 0), `closed after ${closedAfterMs} ms`);
    const within = (seen: number, most: number, what: string): void => {
      t.true(seen <= most, `${what}: ${seen}, not ${most} at most`);
    };
    within(closedAfterMs, due.closesWithinMs, "milliseconds to its end");
    within(report.sentBytes, due.takenBytes, "bytes taken");
    within(report.heardBytes, due.saidBytes, "bytes said");
    within(report.heldBytes, due.heldBytes, "bytes held");
    within(report.downloadMs, downloadMs, "milliseconds that the honest download took");
  },
});

for (const peer of metadataAnswers) test.serial(reacts, peer);

test("each of these peers has a reaction", (t) => {
  t.deepEqual(
    metadataAnswers.map(({ name }) => name).toSorted(),
    Object.keys(reactions).toSorted(),
  );
});
