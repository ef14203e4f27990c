// The swarms of a group, and the ports of its clients: drawn from the seed, so that every generator computes the same.

import { sha1 } from "@troupe/protocol/bytes";
import { type InfoHash, infoHashFromBytes } from "@troupe/protocol/units";
import { mixBits } from "../../requests/mix-bits.ts";

const firstPort = 1_024;
/** Ports of clients; more than a scenario has clients, so that each has a port of its own. */
const portCount = 64_000;

/**
 * The info-hashes of a group, in order. A tracker that serves listed torrents only gets them from here.
 *
 * @param group The name of the group.
 */
export function trackerInfoHashes(seed: number, group: string, count: number): InfoHash[] {
  const encoder = new TextEncoder();
  return Array.from({ length: count }, (_, swarm) =>
    infoHashFromBytes(sha1(encoder.encode(`${seed} ${group} ${swarm}`))),
  );
}

/** The ports that clients announce: each client of a group has another one. */
export class ClientPorts {
  readonly #shift: number;

  constructor(seed: number) {
    this.#shift = mixBits(seed) % portCount;
  }

  /** @returns The port of a client. */
  portOf(member: number): number {
    return firstPort + ((member + this.#shift) % portCount);
  }

  /** @returns The client with this port, if the group has so many; a number too high or below 0 if not. */
  memberOf(port: number): number {
    const index = port - firstPort;
    if (index < 0 || index >= portCount) return -1;
    return (index - this.#shift + portCount) % portCount;
  }
}
