// Peer directories without an engine.

import { IpFilter } from "@troupe/messages";
import { AddressBudget } from "../../src/torrent/addresses/address-budget.ts";
import { DialBounds } from "../../src/torrent/addresses/dial-bounds.ts";
import { UnverifiedDials } from "../../src/torrent/addresses/unverified-dials.ts";
import type { DialPermits } from "../../src/torrent/addresses/next-dial.ts";
import { OwnAddresses } from "../../src/torrent/addresses/own-addresses.ts";
import type { DirectoryServices } from "../../src/torrent/addresses/directory-services.ts";
import { PeerDirectory } from "../../src/torrent/addresses/peer-directory.ts";

/** Our listen port. */
export const ownPort = 6_881;

/** Every dial is allowed. */
export const everyDial: DialPermits = { mayRetry: true, mayTryUnverified: true };
/** No redial is allowed. */
export const firstDials: DialPermits = { mayRetry: false, mayTryUnverified: true };

/** `n` different addresses of the internet, the first 65,536 in networks of their own. */
export function addressOf(n: number): string {
  return `9.${(n >> 8) & 255}.${n & 255}.${n >> 16}`;
}

/** The services of an engine's directories: no jitter, no filter, and time that stands still. */
export function directoryServices(over: Partial<DirectoryServices> = {}): DirectoryServices {
  return {
    random: { next: () => 0.5 },
    budget: new AddressBudget(),
    own: new OwnAddresses(() => [ownPort]),
    unverifiedDials: new UnverifiedDials({ nowMs: () => 0 }),
    dialBounds: new DialBounds(),
    filter: new IpFilter(),
    ...over,
  };
}

/** A directory of an engine of its own. */
export function makeDirectory(over: Partial<DirectoryServices> = {}): PeerDirectory {
  return new PeerDirectory(directoryServices(over));
}
