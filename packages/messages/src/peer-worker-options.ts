import type { SlabId } from "./ids.ts";
import type { FilterMemory } from "./ip-filter.ts";
import type { QuarantinedAddress } from "./quarantine.ts";

/** Options of an incarnation of a peer-worker. */
export interface PeerWorkerOptions {
  /** Fresh for this incarnation: downloads, then uploads. */
  readonly slab: { readonly id: SlabId; readonly memory: SharedArrayBuffer };
  /** Bytes of the slab for downloads; a multiple of 16 KiB. */
  readonly downloadBytes: number;
  /** Bytes of the slab for uploads; a multiple of 16 KiB. */
  readonly uploadBytes: number;
  /** Shared by all sockets of the thread. */
  readonly receiveBufferBytes: number;
  readonly halfOpenLimit: number;
  /** Accepted, waiting for a handshake. */
  readonly handshakeLimit: number;
  /** For waiting requests of all peers. */
  readonly requestBytes: number;
  /** By family; undefined: the system's choice. */
  readonly bind: readonly string[];
  /** `v` of extended handshakes (BEP 10). Empty: none. */
  readonly client: string;
  /** Neither dialled nor accepted. Default: none. */
  readonly quarantined?: readonly QuarantinedAddress[];
  /** Port as in `set-public-port`. Default: the port that the worker listens on. */
  readonly publicPort?: number;
  /** Addresses that are neither dialled nor accepted. Default: none. */
  readonly ipFilter?: FilterMemory;
}
