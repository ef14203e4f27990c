// Misuses of `bitfield` and `have`.

import { MessageId } from "@troupe/protocol/peer";
import { frame, have, many, wholeBitfield } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

/** Misuses of `bitfield` and `have`. */
export const pieceClaims: readonly HostilePeer[] = [
  {
    name: "bitfield-too-short",
    does: "sends a bitfield that lacks a byte",
    cases: [42],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(
        frame(MessageId.bitfield, new Uint8Array(Math.ceil(connection.pieceCount / 8) - 1)),
      );
    },
  },
  {
    name: "bitfield-too-long",
    does: "sends a bitfield with a byte too many",
    cases: [42],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(
        frame(MessageId.bitfield, new Uint8Array(Math.ceil(connection.pieceCount / 8) + 1)),
      );
    },
  },
  // For a torrent whose piece count is no multiple of 8.
  {
    name: "bitfield-spare-bits",
    does: "sets the spare bits of its bitfield",
    cases: [42],
    async misbehave(connection) {
      await connection.shakeHands();
      const bits = new Uint8Array(Math.ceil(connection.pieceCount / 8)).fill(0xff);
      await connection.send(frame(MessageId.bitfield, bits));
    },
  },
  {
    name: "bitfield-flood",
    does: "sends its bitfield without end",
    cases: [42],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(many(16, wholeBitfield(connection.pieceCount)));
    },
  },
  {
    name: "have-out-of-range",
    does: "sends a have for a piece beyond the last",
    cases: [43],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(have(connection.pieceCount));
    },
  },
  {
    name: "negative-have",
    does: "sends a have for piece −1",
    cases: [43],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(have(0xffffffff));
    },
  },
  {
    name: "have-flood",
    does: "sends a have for the first piece without end",
    cases: [43],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(many(512, have(0)));
    },
  },
];
