// Misuses of `request` and `cancel`.

import { cancel, interested, many, request, unchoke, wholeBitfield } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";
import { waitForUnchoke } from "../leecher-steps.ts";

export const requests: readonly HostilePeer[] = [
  {
    name: "request-outside-piece",
    does: "asks for blocks that begin behind the end of the piece",
    cases: [44],
    async misbehave(connection) {
      const piece = await waitForUnchoke(connection);
      await connection.sendForEver(request(piece, connection.target.pieceLengthBytes, 16_384));
    },
  },
  {
    name: "request-of-nothing",
    does: "asks for blocks of no bytes",
    cases: [44],
    async misbehave(connection) {
      const piece = await waitForUnchoke(connection);
      await connection.sendForEver(request(piece, 0, 0));
    },
  },
  {
    name: "request-over-16-kib",
    does: "asks for blocks of 17 KiB",
    cases: [44],
    async misbehave(connection) {
      const piece = await waitForUnchoke(connection);
      await connection.sendForEver(request(piece, 0, 17_408));
    },
  },
  {
    name: "request-over-128-kib",
    does: "asks for blocks of 129 KiB",
    cases: [44],
    async misbehave(connection) {
      const piece = await waitForUnchoke(connection);
      await connection.sendForEver(request(piece, 0, 132_096));
    },
  },
  {
    name: "negative-request",
    does: "asks for negative pieces, places and lengths",
    cases: [44],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(request(0xffffffff, 0x80000000, 0xffffc000));
    },
  },
  {
    name: "request-flood",
    does: "asks for the same block without end and reads nothing",
    cases: [45],
    async misbehave(connection) {
      const piece = await waitForUnchoke(connection);
      connection.stopReading();
      await connection.sendForEver(many(256, request(piece, 0, 16_384)));
    },
  },
  {
    name: "request-hoarder",
    does: "owes us blocks and asks for thirty thousand itself",
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
    does: "asks while it is choked, and waits out the grace that requests on their way have",
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
    does: "floods with requests before it can have been unchoked",
    cases: [46],
    async misbehave(connection) {
      await connection.shakeHands();
      const piece = await connection.remotePiece();
      await connection.sendForEver(many(256, request(piece, 0, 16_384)));
    },
  },
  {
    name: "cancel-storm",
    does: "takes back what it never asked for",
    cases: [45],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(many(256, cancel(0, 0, 16_384)));
    },
  },
  {
    name: "request-cancel-storm",
    does: "fills the queue of its requests, then asks and takes back without end",
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
