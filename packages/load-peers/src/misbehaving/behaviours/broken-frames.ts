// Messages that break off, or whose length is a lie.

import { MessageId } from "@troupe/protocol/peer";
import { frame, frameHead, uint32, wholeBitfield } from "../frames.ts";
import { sends, shakeHands, type HostilePeer } from "../hostile-peer.ts";

/** Misuses of message lengths and framing. */
export const brokenFrames: readonly HostilePeer[] = [
  {
    name: "half-frame",
    does: "stops in the middle of a message",
    cases: [39],
    misbehave: sends(shakeHands, (connection) =>
      wholeBitfield(connection.pieceCount).subarray(0, 5),
    ),
  },
  {
    name: "half-length",
    does: "stops in the middle of the length of a message",
    cases: [39],
    misbehave: sends(shakeHands, () => new Uint8Array(3)),
  },
  {
    name: "length-of-2-gib",
    does: "announces a message of 2 GiB and sends it",
    cases: [40],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(uint32(0x7fffffff));
      await connection.sendForEver(new Uint8Array(16_384));
    },
  },
  {
    name: "length-of-4-gib",
    does: "announces a block of 4 GiB and sends it",
    cases: [40],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(frameHead(0xffffffff, MessageId.piece));
      await connection.sendForEver(new Uint8Array(16_384));
    },
  },
  {
    name: "length-not-fitting",
    does: "sends a have of three bytes",
    cases: [41],
    misbehave: sends(shakeHands, () => frame(MessageId.have, new Uint8Array(3))),
  },
];
