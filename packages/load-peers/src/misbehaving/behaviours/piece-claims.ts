// Misuses of `bitfield` and `have`.

import { MessageId } from "@troupe/protocol/peer";
import { frame, have, many, wholeBitfield } from "../frames.ts";
import { floods, sends, shakeHands, type HostilePeer } from "../hostile-peer.ts";

/** Misuses of `bitfield` and `have`. */
export const pieceClaims: readonly HostilePeer[] = [
  {
    name: "bitfield-too-short",
    does: "sends a bitfield that lacks a byte",
    cases: [42],
    misbehave: sends(shakeHands, (connection) =>
      frame(MessageId.bitfield, new Uint8Array(Math.ceil(connection.pieceCount / 8) - 1)),
    ),
  },
  {
    name: "bitfield-too-long",
    does: "sends a bitfield with a byte too many",
    cases: [42],
    misbehave: sends(shakeHands, (connection) =>
      frame(MessageId.bitfield, new Uint8Array(Math.ceil(connection.pieceCount / 8) + 1)),
    ),
  },
  // For a torrent whose piece count is no multiple of 8.
  {
    name: "bitfield-spare-bits",
    does: "sets the spare bits of its bitfield",
    cases: [42],
    misbehave: sends(shakeHands, (connection) =>
      frame(MessageId.bitfield, new Uint8Array(Math.ceil(connection.pieceCount / 8)).fill(0xff)),
    ),
  },
  {
    name: "bitfield-flood",
    does: "sends its bitfield without end",
    cases: [42],
    misbehave: floods(shakeHands, (connection) => many(16, wholeBitfield(connection.pieceCount))),
  },
  {
    name: "have-out-of-range",
    does: "sends a have for a piece beyond the last",
    cases: [43],
    misbehave: sends(shakeHands, (connection) => have(connection.pieceCount)),
  },
  {
    name: "negative-have",
    does: "sends a have for piece −1",
    cases: [43],
    misbehave: sends(shakeHands, () => have(0xffffffff)),
  },
  {
    name: "have-flood",
    does: "sends a have for the first piece without end",
    cases: [43],
    misbehave: floods(shakeHands, () => many(512, have(0))),
  },
];
