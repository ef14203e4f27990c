import { ProtocolError } from "./errors.ts";
/** What we say in an extended handshake. */
export interface OwnExtendedHandshake {
  /** Name and version of this client: `v`. */
  readonly client: string;
  /** Requests we keep for a peer before we drop them: `reqq`. */
  readonly requestQueue: number;
  /** Where we accept connections: `p`. */
  readonly port?: number;
  /** The peer's address as we see it. */
  readonly yourIp?: string;
  /** Bytes of the `info` dictionary (BEP 9). */
  readonly metadataSize?: number;
  /** Extension names and the ids (1–255) that we want them under: `m`. Empty when left out. */
  readonly extensions?: Readonly<Record<string, number>>;
}
/** What a peer says in an extended handshake; what it says wrongly is left out. */
export interface ExtendedHandshake {
  readonly client?: string;
  readonly requestQueue?: number;
  readonly port?: number;
  readonly metadataSize?: number;
  readonly extensions: ReadonlyMap<string, number>;
}
export function encodeExtendedHandshake(_handshake: OwnExtendedHandshake): Uint8Array {
  throw new ProtocolError("bencode-malformed", { operation: "x", message: "x" });
}
export function decodeExtendedHandshake(_payload: Uint8Array): ExtendedHandshake {
  throw new ProtocolError("bencode-malformed", { operation: "x", message: "x" });
}
