import type { InterfaceHold } from "@troupe/actor-runtime";
import type { DhtPorts, PublicPort } from "@troupe/messages";
import type { WorkerEvent } from "../actor-tree.ts";

/**
 * The port that peers connect to has changed: a gateway maps the port that the engine listens on, or has lost the
 * mapping. `port` is the port to connect to.
 */
export interface ListeningEvent extends PublicPort {
  /** The hold of sockets on the interface of the settings; absent without one. */
  readonly bound?: InterfaceHold;
}

/**
 * The DHT node has opened its sockets, or has none any more. The ports are those of the UDP sockets, which may differ from
 * each other and from the TCP port.
 */
export type DhtEvent = DhtPorts;

/** A failure that the engine runs on with: the list of `source` could not be read again. */
export interface EngineWarning {
  /** Stable: `ip-filter-not-updated`. */
  readonly code: string;
  /** A sentence. */
  readonly message: string;
  /** A path, or an address. */
  readonly source: string;
}

/** The events of a coordinator by name. */
export interface CoordinatorEvents {
  readonly listening: ListeningEvent;
  readonly dht: DhtEvent;
  readonly worker: WorkerEvent;
  readonly warning: EngineWarning;
}
