// Misuses of the extended handshake (BEP 10).

import { extended, many } from "../frames.ts";
import { floods, sends, shakeHands, type HostilePeer } from "../hostile-peer.ts";

/** An extension handshake that names so many extensions, each with this id. */
function namesOf(count: number, extensionId: number): Uint8Array {
  const name = (place: number): string => String(place).padStart(5, "0");
  const names = Array.from({ length: count }, (_, place) => `5:${name(place)}i${extensionId}e`);
  return extended(0, `d1:md${names.join("")}ee`);
}

/** Misuses of the extension handshake (BEP 10). */
export const extendedHandshakes: readonly HostilePeer[] = [
  {
    name: "extended-handshake-of-1-mib",
    does: "sends an extension handshake of a mebibyte",
    cases: [53],
    misbehave: sends(shakeHands, () => extended(0, `d1:md1048500:${"x".repeat(1_048_500)}i1eee`)),
  },
  {
    name: "extended-handshake-10000-names",
    does: "names ten thousand extensions",
    cases: [53],
    misbehave: sends(shakeHands, () => namesOf(10_000, 1)),
  },
  {
    name: "extended-handshake-crowded",
    does: "names as many extensions as a message can hold, with impossible ids",
    cases: [53],
    misbehave: sends(shakeHands, () => namesOf(2_000, 999)),
  },
  {
    name: "extended-handshake-broken",
    does: "sends an extension handshake that is not a dictionary",
    cases: [53],
    misbehave: sends(shakeHands, () => extended(0, "l-3:e")),
  },
  {
    name: "extended-handshake-flood",
    does: "sends its extension handshake without end",
    cases: [53],
    misbehave: floods(shakeHands, () => many(128, extended(0, "d1:mde4:reqqi250e1:v4:Xxxxe"))),
  },
  {
    name: "absurd-request-queue",
    does: "names a request queue of two thousand million",
    cases: [53],
    misbehave: sends(shakeHands, () => extended(0, "d1:mde4:reqqi2147483648ee")),
  },
];
