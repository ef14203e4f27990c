// Blocks that are wrong, late, cut off or not requested.

import { block, many } from "../frames.ts";
import { after, floods, shakeHands, type HostilePeer } from "../hostile-peer.ts";
import { answers, offerEverything, rightBlock, rightBytes } from "../seeder-steps.ts";

/** Misuses of blocks. */
export const blocks: readonly HostilePeer[] = [
  {
    name: "unrequested-blocks",
    does: "sends blocks that were not requested",
    cases: [47],
    misbehave: floods(shakeHands, (connection) =>
      block(0, 0, connection.target.content(0, 16_384)),
    ),
  },
  {
    name: "tiny-unrequested-blocks",
    does: "sends blocks of one byte that were not requested",
    cases: [47],
    misbehave: floods(shakeHands, () => many(512, block(0, 1, new Uint8Array(1)))),
  },
  {
    name: "same-block-twice",
    does: "sends each requested block several times",
    cases: [47],
    async misbehave(connection) {
      await offerEverything(connection);
      const request = await connection.nextRequest();
      await connection.sendForEver(rightBlock(connection, request));
    },
  },
  {
    name: "shifted-blocks",
    does: "answers each request with a block that begins one byte later",
    cases: [47],
    misbehave: answers((request, connection) => {
      const bytes = rightBytes(connection, request);
      return block(request.piece, request.begin + 1, bytes.subarray(1));
    }),
  },
  {
    name: "short-blocks",
    does: "answers each request with half a block",
    cases: [47],
    misbehave: answers((request, connection) => {
      const bytes = rightBytes(connection, request).subarray(0, request.lengthBytes / 2);
      return block(request.piece, request.begin, bytes);
    }),
  },
  {
    name: "long-blocks",
    does: "answers a request with a block twice as long",
    cases: [47],
    async misbehave(connection) {
      await offerEverything(connection);
      const request = await connection.nextRequest();
      await connection.send(
        block(request.piece, request.begin, new Uint8Array(2 * request.lengthBytes)),
      );
    },
  },
  {
    name: "overlapping-blocks",
    does: "answers requests with blocks that overlap the next ones",
    cases: [47],
    misbehave: answers((request, connection) => {
      const begin = request.begin === 0 ? 8_192 : request.begin - 8_192;
      return block(request.piece, begin, rightBytes(connection, { ...request, begin }));
    }),
  },
  {
    name: "bad-data",
    does: "sends wrong bytes",
    cases: [48],
    misbehave: answers((request, connection) => {
      const bytes = new Uint8Array(rightBytes(connection, request));
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return block(request.piece, request.begin, bytes);
    }),
  },
  {
    name: "block-holder",
    does: "has all pieces, takes requests and answers none",
    cases: [50],
    misbehave: after(offerEverything, (connection) => connection.closed),
  },
  {
    name: "block-trickler",
    does: "answers requests with a byte a second",
    cases: [39, 50],
    async misbehave(connection) {
      await offerEverything(connection);
      const request = await connection.nextRequest();
      await connection.trickle(1_000, rightBlock(connection, request));
    },
  },
  {
    name: "mid-block-reset",
    does: "ends the connection in the middle of a block",
    cases: [50],
    async misbehave(connection) {
      await offerEverything(connection);
      const request = await connection.nextRequest();
      await connection.send(rightBlock(connection, request).subarray(0, 8_000));
      connection.close();
    },
  },
  {
    name: "half-closer",
    does: "sends half a block and then nothing, and keeps the connection",
    cases: [39],
    async misbehave(connection) {
      await offerEverything(connection);
      const request = await connection.nextRequest();
      await connection.send(rightBlock(connection, request).subarray(0, 8_000));
      connection.endSending();
    },
  },
];
