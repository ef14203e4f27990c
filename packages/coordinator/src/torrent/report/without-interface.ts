// Why a torrent whose sockets are bound to an interface waits for it.

import type { InterfaceState } from "@troupe/actor-runtime";
import type { Why } from "@troupe/messages";
import { why } from "./reason.ts";
import type { SwarmInput } from "./why.ts";

/** The interface of an engine. */
export interface InterfaceInput {
  readonly name: string;
  readonly state: InterfaceState["kind"];
  /** A tracker, or the first nodes of the DHT, are known by name alone, and no name server may be asked. */
  readonly lacksNames: boolean;
}

/** Undefined without an interface, and while it carries what the torrent needs. */
export function withoutInterface({ interface: bound, ...input }: SwarmInput): Why | undefined {
  if (bound === undefined) return undefined;
  const { lacksNames, name, state } = bound;
  if (state === "absent")
    return why("interface-down", `it waits for the interface ${name}, which is absent or down`);
  if (state === "misrouted")
    return why("interface-down", `it waits: the system would send past the interface ${name}`);
  if (state === "unaddressed")
    return why("interface-down", `it waits: the interface ${name} has no address of bind`);
  const { peers, trackers, webSeeds } = input;
  if (!lacksNames || peers.connected > 0 || webSeeds.open > 0 || trackers.working > 0)
    return undefined;
  const sentence = `no name server can be asked over the interface ${name}: name one that it reaches with --dns`;
  return why("dns-not-bound", sentence);
}
