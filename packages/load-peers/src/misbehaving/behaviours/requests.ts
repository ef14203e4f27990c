// Misuses of `request` and `cancel`.

import { cancel, interested, many, request, unchoke, wholeBitfield } from "../frames.ts";
import { floods, shakeHands, type HostilePeer } from "../hostile-peer.ts";
import { waitForUnchoke } from "../leecher-steps.ts";

/** Misuses of `request` and `cancel`. */
export const requests: readonly HostilePeer[] = [
  {
    name: "request-outside-piece",
    does: "requests blocks beyond the end of the piece",
    cases: [44],
    misbehave: floods(waitForUnchoke, (connection, piece) =>
      request(piece, connection.target.pieceLengthBytes, 16_384),
    ),
  },
  {
    name: "request-of-nothing",
    does: "requests blocks of zero bytes",
    cases: [44],
    misbehave: floods(waitForUnchoke, (_, piece) => request(piece, 0, 0)),
  },
  {
    name: "request-over-16-kib",
    does: "requests blocks of 17 KiB",
    cases: [44],
    misbehave: floods(waitForUnchoke, (_, piece) => request(piece, 0, 17_408)),
  },
  {
    name: "request-over-128-kib",
    does: "requests blocks of 129 KiB",
    cases: [44],
    misbehave: floods(waitForUnchoke, (_, piece) => request(piece, 0, 132_096)),
  },
  {
    name: "negative-request",
    does: "requests negative pieces, offsets and lengths",
    cases: [44],
    misbehave: floods(shakeHands, () => request(0xffffffff, 0x80000000, 0xffffc000)),
  },
  {
    name: "request-flood",
    does: "requests the same block without end and reads nothing",
    cases: [45],
    async misbehave(connection) {
      const piece = await waitForUnchoke(connection);
      connection.stopReading();
      await connection.sendForEver(many(256, request(piece, 0, 16_384)));
    },
  },
  {
    name: "request-hoarder",
    does: "owes us blocks and sends thirty thousand requests",
    cases: [45],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(wholeBitfield(connection.pieceCount), unchoke, interested);
      const piece = await connection.remotePiece();
      await connection.unchoked();
      await connection.nextRequest();
      await connection.send(many(30_000, request(piece, 0, 16_384)));
      await connection.closed;
    },
  },
  {
    name: "choked-requests",
    does: "sends requests while choked, after the grace for requests in flight",
    cases: [46],
    async misbehave(connection) {
      await connection.shakeHands();
      const piece = await connection.remotePiece();
      await connection.pause(2_500);
      await connection.sendForEver(many(16, request(piece, 0, 16_384)));
    },
  },
  {
    name: "early-request-flood",
    does: "floods with requests before it can be unchoked",
    cases: [46],
    async misbehave(connection) {
      await connection.shakeHands();
      const piece = await connection.remotePiece();
      await connection.sendForEver(many(256, request(piece, 0, 16_384)));
    },
  },
  {
    name: "cancel-storm",
    does: "cancels requests that it has not sent",
    cases: [45],
    misbehave: floods(shakeHands, () => many(256, cancel(0, 0, 16_384))),
  },
  {
    name: "request-cancel-storm",
    does: "fills its request queue, then requests and cancels without end",
    cases: [45],
    async misbehave(connection) {
      const piece = await waitForUnchoke(connection);
      connection.stopReading();
      await connection.send(many(450, request(piece, 0, 16_383)));
      const again = Buffer.concat([request(piece, 0, 16_384), cancel(piece, 0, 16_384)]);
      await connection.sendForEver(many(256, again));
    },
  },
];
