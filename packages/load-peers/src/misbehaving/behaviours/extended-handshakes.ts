// Misuses of the extended handshake (BEP 10).

import { extended, many } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

/** Misuses of the extension handshake (BEP 10). */
export const extendedHandshakes: readonly HostilePeer[] = [
  {
    name: "extended-handshake-of-1-mib",
    does: "sends an extension handshake of a mebibyte",
    cases: [53],
    async misbehave(connection) {
      await connection.shakeHands();
      const name = "x".repeat(1_048_500);
      await connection.send(extended(0, `d1:md${name.length}:${name}i1eee`));
    },
  },
  {
    name: "extended-handshake-10000-names",
    does: "names ten thousand extensions",
    cases: [53],
    async misbehave(connection) {
      await connection.shakeHands();
      const names = Array.from(
        { length: 10_000 },
        (_, id) => `5:${String(id).padStart(5, "0")}i1e`,
      );
      await connection.send(extended(0, `d1:md${names.join("")}ee`));
    },
  },
  {
    name: "extended-handshake-crowded",
    does: "names as many extensions as a message can hold, with impossible ids",
    cases: [53],
    async misbehave(connection) {
      await connection.shakeHands();
      const names = Array.from(
        { length: 2_000 },
        (_, id) => `5:${String(id).padStart(5, "0")}i999e`,
      );
      await connection.send(extended(0, `d1:md${names.join("")}ee`));
    },
  },
  {
    name: "extended-handshake-broken",
    does: "sends an extension handshake that is not a dictionary",
    cases: [53],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(extended(0, "l-3:e"));
    },
  },
  {
    name: "extended-handshake-flood",
    does: "sends its extension handshake without end",
    cases: [53],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.sendForEver(many(128, extended(0, "d1:mde4:reqqi250e1:v4:Xxxxe")));
    },
  },
  {
    name: "absurd-request-queue",
    does: "names a request queue of two thousand million",
    cases: [53],
    async misbehave(connection) {
      await connection.shakeHands();
      await connection.send(extended(0, "d1:mde4:reqqi2147483648ee"));
    },
  },
];
