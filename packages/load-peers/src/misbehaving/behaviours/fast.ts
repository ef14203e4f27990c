// Misuses of the fast extension (BEP 6), of lost pieces (BEP 54) and of `upload_only` (BEP 21).

import {
  FastMessageId,
  encodeDontHave,
  encodeUploadOnly,
  ownReservedBits,
} from "@troupe/protocol/peer";
import {
  choke,
  frame,
  have,
  interested,
  many,
  request,
  unchoke,
  wholeBitfield,
} from "../frames.ts";
import { after, floods, sends, shakeHands, type HostilePeer } from "../hostile-peer.ts";
import type { RawConnection } from "../raw-connection.ts";
import { answerRequests } from "../seeder-steps.ts";

/** Our ids of `lt_donthave` and `upload_only`, which our handshake names. */
const dontHaveId = 3;
const uploadOnlyId = 4;
const haveAll = frame(FastMessageId.haveAll);
const haveNone = frame(FastMessageId.haveNone);

async function agree(connection: RawConnection): Promise<void> {
  await connection.shakeHands({ reserved: ownReservedBits({ hasFast: true }) });
}

/** Sends something without end, after `have-all`. */
function flood(message: Uint8Array) {
  return async (connection: RawConnection): Promise<void> => {
    await agree(connection);
    await connection.send(haveAll);
    await connection.sendForEver(many(256, message));
  };
}

/** Misuses of the fast extension (BEP 6). */
export const fast: readonly HostilePeer[] = [
  {
    name: "have-all-without-agreement",
    does: "sends have-all, and its handshake did not offer the fast extension",
    cases: [55],
    misbehave: sends(shakeHands, () => haveAll),
  },
  {
    name: "have-none-after-bitfield",
    does: "sends have-none after its bitfield",
    cases: [42],
    misbehave: after(agree, (connection) =>
      connection.send(wholeBitfield(connection.pieceCount), haveNone),
    ),
  },
  {
    name: "reject-of-nothing",
    does: "rejects a block that nobody requested",
    cases: [55],
    misbehave: after(agree, (connection) =>
      connection.send(haveAll, frame(FastMessageId.reject, 0, 0, 16_384)),
    ),
  },
  {
    name: "reject-twice",
    does: "rejects each request twice",
    cases: [55],
    async misbehave(connection) {
      await agree(connection);
      await connection.send(haveAll, unchoke);
      await answerRequests(connection, ({ piece, begin, lengthBytes }) =>
        many(2, frame(FastMessageId.reject, piece, begin, lengthBytes)),
      );
    },
  },
  {
    name: "rejects-everything",
    does: "has all pieces, takes requests and rejects them all",
    cases: [55],
    async misbehave(connection) {
      await agree(connection);
      await connection.send(haveAll, unchoke);
      await answerRequests(connection, ({ piece, begin, lengthBytes }) =>
        frame(FastMessageId.reject, piece, begin, lengthBytes),
      );
    },
  },
  {
    name: "choke-without-rejects",
    does: "takes requests, chokes, and neither rejects nor sends a block",
    cases: [55],
    async misbehave(connection) {
      await agree(connection);
      await connection.send(haveAll, unchoke);
      await connection.nextRequest();
      await connection.send(choke);
      await connection.closed;
    },
  },
  {
    name: "allowed-fast-flood",
    does: "allows the same piece without end",
    cases: [55],
    misbehave: flood(frame(FastMessageId.allowedFast, 0)),
  },
  {
    name: "suggest-flood",
    does: "suggests the same piece without end",
    cases: [55],
    misbehave: flood(frame(FastMessageId.suggest, 0)),
  },
  {
    name: "allowed-fast-of-no-piece",
    does: "allows a piece beyond the last",
    cases: [55],
    misbehave: sends(agree, (connection) =>
      frame(FastMessageId.allowedFast, connection.pieceCount),
    ),
  },
  {
    name: "fast-request-flood",
    does: "requests the same block without end, and reads the rejects",
    cases: [45],
    async misbehave(connection) {
      await agree(connection);
      const piece = await connection.remotePiece();
      await connection.send(interested);
      await connection.unchoked();
      await connection.sendForEver(many(256, request(piece, 0, 16_384)));
    },
  },
  {
    name: "lost-piece-flood",
    does: "gets and loses a piece without end",
    cases: [55],
    misbehave: floods(shakeHands, () =>
      many(256, Buffer.concat([have(0), encodeDontHave(dontHaveId, 0)])),
    ),
  },
  {
    name: "lost-piece-out-of-range",
    does: "loses a piece beyond the last",
    cases: [55],
    misbehave: sends(shakeHands, (connection) => encodeDontHave(dontHaveId, connection.pieceCount)),
  },
  {
    name: "upload-only-flood",
    does: "says without end that it downloads nothing more",
    cases: [55],
    misbehave: floods(shakeHands, () => many(16, encodeUploadOnly(uploadOnlyId, true))),
  },
];
