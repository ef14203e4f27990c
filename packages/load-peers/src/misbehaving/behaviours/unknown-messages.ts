// Messages without meaning.

import { extended, frame, keepAlive, many } from "../frames.ts";
import { floods, shakeHands, type HostilePeer } from "../hostile-peer.ts";

/** Messages that no BEP defines. */
export const unknownMessages: readonly HostilePeer[] = [
  {
    name: "unknown-messages",
    does: "sends large messages with unknown ids",
    cases: [54],
    misbehave: floods(shakeHands, () => frame(99, new Uint8Array(65_536))),
  },
  {
    name: "tiny-unknown-messages",
    does: "sends empty messages with unknown ids",
    cases: [54],
    misbehave: floods(shakeHands, () => many(512, frame(99))),
  },
  {
    name: "unknown-extended-messages",
    does: "sends extended messages without an agreed id",
    cases: [54],
    misbehave: floods(shakeHands, () => extended(200, new Uint8Array(16_384))),
  },
  {
    name: "tiny-extended-messages",
    does: "sends empty extended messages without an agreed id",
    cases: [54],
    misbehave: floods(shakeHands, () => many(512, extended(200, ""))),
  },
  {
    name: "keep-alive-flood",
    does: "sends keep-alives without end",
    cases: [58],
    misbehave: floods(shakeHands, () => many(4_096, keepAlive)),
  },
];
