// Misuses of hash requests (BEP 52).

import { encodeHashRequest, type HashRequest } from "@troupe/protocol/peer";
import { many } from "../frames.ts";
import { after, floods, type HostilePeer } from "../hostile-peer.ts";
import { shakeHandsOfVersion2, treeOfTarget } from "../hash-steps.ts";
import type { RawConnection } from "../raw-connection.ts";

/** Most hashes of a request. */
const mostHashes = 8_192;

function request(connection: RawConnection, range: Omit<HashRequest, "root">): Uint8Array {
  return encodeHashRequest({ root: treeOfTarget(connection).root, ...range });
}

/** Leaves from the begin of the file, as many as a piece has, with the whole proof. */
function leavesOfPiece(connection: RawConnection): Uint8Array {
  const { height, pieceLayer } = treeOfTarget(connection);
  const length = Math.min(mostHashes, 2 ** Math.max(1, pieceLayer));
  return request(connection, { baseLayer: 0, index: 0, length, proofLayers: height - 1 });
}

/** Nodes of pieces from the begin of the file, with the whole proof. */
function nodesOfPieces(connection: RawConnection): Uint8Array {
  const { height, pieceLayer } = treeOfTarget(connection);
  const layers = Math.max(0, height - pieceLayer);
  const length = Math.min(512, 2 ** Math.max(1, layers));
  const proofLayers = Math.max(0, layers - 1);
  return request(connection, { baseLayer: pieceLayer, index: 0, length, proofLayers });
}

/** Misuses of hash requests. */
export const hashRequests: readonly HostilePeer[] = [
  {
    name: "hash-request-flood",
    does: "requests the same hashes of pieces without end",
    cases: [56],
    isOfVersion2: true,
    misbehave: floods(shakeHandsOfVersion2, (connection) => many(64, nodesOfPieces(connection))),
  },
  {
    name: "leaf-request-flood",
    does: "requests the leaf hashes of a whole piece without end, which must be read for them",
    cases: [56],
    isOfVersion2: true,
    misbehave: floods(shakeHandsOfVersion2, (connection) => many(64, leavesOfPiece(connection))),
  },
  {
    name: "hash-requests-unread",
    does: "requests hashes without end and reads nothing",
    cases: [56],
    isOfVersion2: true,
    misbehave: after(shakeHandsOfVersion2, (connection) => {
      connection.stopReading();
      return connection.sendForEver(many(64, nodesOfPieces(connection)));
    }),
  },
  {
    name: "hash-requests-out-of-range",
    does: "requests hashes beyond the end of the tree",
    cases: [56],
    isOfVersion2: true,
    misbehave: floods(shakeHandsOfVersion2, (connection) =>
      request(connection, { baseLayer: 0, index: 0x40000000, length: 2, proofLayers: 0 }),
    ),
  },
  {
    name: "hash-requests-of-4-billion",
    does: "requests four billion hashes of a layer that no tree has",
    cases: [56],
    isOfVersion2: true,
    misbehave: floods(shakeHandsOfVersion2, (connection) =>
      request(connection, {
        baseLayer: 0xffffffff,
        index: 0,
        length: 0xffffffff,
        proofLayers: 0xffffffff,
      }),
    ),
  },
  {
    name: "hash-requests-of-unknown-files",
    does: "requests hashes of files that the torrent has not got, each of another",
    cases: [56],
    isOfVersion2: true,
    async misbehave(connection) {
      await shakeHandsOfVersion2(connection);
      for (;;) {
        const root = connection.noise(32);
        // One after the other.
        // oxlint-disable-next-line no-await-in-loop
        await connection.send(
          encodeHashRequest({ root, baseLayer: 0, index: 0, length: 2, proofLayers: 0 }),
        );
      }
    },
  },
];
