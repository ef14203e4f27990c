// Case 40: announces a message of 2 GiB and sends it.

import { uint32 } from "../frames.ts";
import type { HostilePeer } from "../hostile-peer.ts";

export const lengthOf2Gib: HostilePeer = {
  name: "length-of-2-gib",
  does: "announces a message of 2 GiB and sends it",
  cases: [40],
  async misbehave(line) {
    await line.shakeHands();
    await line.say(uint32(0x7fffffff));
    await line.sayForEver(new Uint8Array(16_384));
  },
};
