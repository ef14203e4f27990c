// Messages without meaning.

import { extended, frame, keepAlive, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const unknownMessages: readonly HostilePeer[] = [
  {
    name: "unknown-messages",
    does: "sends large messages that nobody knows",
    cases: [54],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(frame(99, new Uint8Array(65_536)));
    },
  },
  {
    name: "tiny-unknown-messages",
    does: "sends messages that nobody knows, of no length at all",
    cases: [54],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(many(512, frame(99)));
    },
  },
  {
    name: "unknown-extended-messages",
    does: "sends extended messages that nobody agreed on",
    cases: [54],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(extended(200, new Uint8Array(16_384)));
    },
  },
  {
    name: "tiny-extended-messages",
    does: "sends empty extended messages that nobody agreed on",
    cases: [54],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(many(512, extended(200, "")));
    },
  },
  {
    name: "keep-alive-flood",
    does: "says without end that it is still there",
    cases: [58],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(many(4_096, keepAlive));
    },
  },
];
