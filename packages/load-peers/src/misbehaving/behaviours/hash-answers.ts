// Wrong answers to hash requests, answers to none, and wrong blocks of version 2 (BEP 52).

import { hashCount, nodeBytes } from "@troupe/protocol/merkle";
import {
  encodeHashReject,
  encodeHashes,
  HashMessageId,
  hashesBytes,
  type HashRequest,
} from "@troupe/protocol/peer";
import { block, frameHead, many } from "../frames.ts";
import { offerTree, shakeHandsOfVersion2, treeOfTarget } from "../hash-steps.ts";
import { after, floods, sends, type HostilePeer } from "../hostile-peer.ts";
import type { RawConnection } from "../raw-connection.ts";
import { rightBlock, rightBytes } from "../seeder-steps.ts";

/** The first two leaves of the largest file. */
function firstLeaves(connection: RawConnection): HashRequest {
  return {
    root: treeOfTarget(connection).root,
    baseLayer: 0,
    index: 0,
    length: 2,
    proofLayers: 0,
  };
}

/** Meaningless hashes, as many as are asked. */
function wrongHashes(connection: RawConnection, request: HashRequest): Uint8Array {
  const bytes = hashCount(request) * nodeBytes;
  return bytes > mostAnswered ? new Uint8Array(mostAnswered) : connection.noise(bytes);
}

/** Longest answer: 8,192 hashes and their proof. */
const mostAnswered: number = (8_192 + 64) * nodeBytes;

/** Has everything, answers hash requests with what `answer` makes of them, and blocks rightly. */
function answersHashes(
  answer: (connection: RawConnection, request: HashRequest) => Uint8Array | undefined,
): HostilePeer["misbehave"] {
  return after(offerTree, async (connection) => {
    const hashes = async (): Promise<never> => {
      for (;;) {
        const request = await connection.nextHashRequest();
        const bytes = answer(connection, request);
        if (bytes !== undefined) await connection.send(bytes);
      }
    };
    const blocks = async (): Promise<never> => {
      for (;;) await connection.send(rightBlock(connection, await connection.nextRequest()));
    };
    await Promise.all([hashes(), blocks()]);
  });
}

/** Wrong answers to hash requests, and wrong blocks of version 2. */
export const hashAnswers: readonly HostilePeer[] = [
  {
    name: "unrequested-hashes",
    does: "sends hashes that were not requested",
    cases: [56],
    isOfVersion2: true,
    misbehave: sends(shakeHandsOfVersion2, (connection) =>
      encodeHashes(firstLeaves(connection), connection.noise(2 * nodeBytes)),
    ),
  },
  {
    name: "hashes-of-16-mib",
    does: "begins a message of 16 MiB of hashes",
    cases: [56],
    isOfVersion2: true,
    misbehave: after(shakeHandsOfVersion2, (connection) =>
      connection.sendForEver(
        frameHead(
          hashesBytes({ ...firstLeaves(connection), length: 524_288 }),
          HashMessageId.hashes,
        ),
      ),
    ),
  },
  {
    name: "hash-reject-flood",
    does: "sends rejects without end, for hash requests that were never made",
    cases: [56],
    isOfVersion2: true,
    misbehave: floods(shakeHandsOfVersion2, (connection) =>
      many(64, encodeHashReject(firstLeaves(connection))),
    ),
  },
  {
    name: "wrong-hashes",
    does: "answers hash requests with meaningless hashes",
    cases: [56],
    isOfVersion2: true,
    misbehave: answersHashes((connection, request) =>
      encodeHashes(request, wrongHashes(connection, request)),
    ),
  },
  {
    name: "hashes-without-proof",
    does: "answers hash requests with one hash",
    cases: [56],
    isOfVersion2: true,
    misbehave: answersHashes((connection, request) =>
      encodeHashes(request, connection.noise(nodeBytes)),
    ),
  },
  {
    name: "rejects-hash-requests",
    does: "has all pieces and rejects each hash request",
    cases: [56],
    isOfVersion2: true,
    misbehave: answersHashes((_, request) => encodeHashReject(request)),
  },
  {
    name: "withholds-hashes",
    does: "has all pieces and answers no hash request",
    cases: [56],
    isOfVersion2: true,
    misbehave: answersHashes(() => undefined),
  },
  {
    name: "one-bad-block-a-piece",
    does: "sends one wrong block of each piece, and answers no hash request",
    cases: [48, 56],
    isOfVersion2: true,
    misbehave: after(offerTree, async (connection) => {
      for (;;) {
        const request = await connection.nextRequest();
        const bytes = new Uint8Array(rightBytes(connection, request));
        if (request.begin === 0) bytes[0] = (bytes[0] ?? 0) ^ 1;
        await connection.send(block(request.piece, request.begin, bytes));
      }
    }),
  },
];
