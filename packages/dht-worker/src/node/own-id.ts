// The id of a socket. It is made of our address (BEP 42) once nodes agree on that address; the ids of the two sockets differ
// in their first bits (BEP 45).

import type { SavedDhtId } from "@troupe/messages";
import {
  commonPrefixBits,
  isSecureNodeId,
  nodeIdBytes,
  nodeIdFrom,
  secureNodeId,
  type NodeId,
} from "@troupe/protocol/dht";

/** Bits that the ids of our sockets may share: they are not lost together with one range of ids. */
const mostSharedBits = 8;
/** An address has eight ids that fit it, drawn at random. */
const mostDraws = 64;

/** The id of a socket, and its origin. */
export type OwnId =
  /** Named by the user: it stays when our address changes. */
  | { readonly origin: "given"; readonly id: NodeId }
  /** Our address is not known. */
  | { readonly origin: "random"; readonly id: NodeId }
  /** Saved by an earlier run with the same socket address; stays until our address is known. */
  | { readonly origin: "saved"; readonly id: NodeId; readonly publicHost: string | undefined }
  /** Fits our address. */
  | { readonly origin: "address"; readonly id: NodeId; readonly publicHost: string };

/** The circumstances in which a socket gets its id. */
interface OwnIdStart {
  /** By the user. */
  readonly given?: Uint8Array | undefined;
  /** Ids of earlier runs, of any sockets. Default: none. */
  readonly saved?: readonly SavedDhtId[] | undefined;
  /** Local address and port of the socket. */
  readonly host: string;
  readonly port: number;
}

/** The parts of a draw. */
export interface IdDraw {
  /** The id of our other socket. */
  readonly other: NodeId | undefined;
  /** Gives so many random bytes. */
  readonly random: (length: number) => Uint8Array;
}

/** The id of a socket at its start. An id of an earlier run counts only for the same socket address. */
export function startOwnId({ given, saved = [], host, port }: OwnIdStart, draw: IdDraw): OwnId {
  if (given !== undefined) return { origin: "given", id: nodeIdFrom(given) };
  const own = saved.find((each) => isSameSocket(each, host, port));
  if (own === undefined) return { origin: "random", id: drawId(undefined, draw) };
  return { origin: "saved", id: nodeIdFrom(own.id), publicHost: own.publicHost };
}

/**
 * The nodes of five networks agree on our address.
 *
 * @returns `state` itself when the id stays and is known to fit.
 */
export function ownIdAt(state: OwnId, publicHost: string, draw: IdDraw): OwnId {
  if (state.origin === "given") return state;
  if (state.origin === "address" && state.publicHost === publicHost) return state;
  // A saved id whose socket has another public address now belongs to another machine, with a copy of our state.
  const isCopy = state.origin === "saved" && state.publicHost !== publicHost;
  const stays = !isCopy && isSecureNodeId(state.id, publicHost);
  return { origin: "address", publicHost, id: stays ? state.id : drawId(publicHost, draw) };
}

/**
 * Any machine can bind an unspecified address: then the id also needs a public address, which is compared once ours is
 * known.
 */
function isSameSocket(saved: SavedDhtId, host: string, port: number): boolean {
  if (saved.host !== host || saved.port !== port) return false;
  return saved.publicHost !== undefined || (host !== "0.0.0.0" && host !== "::");
}

function drawId(publicHost: string | undefined, { other, random }: IdDraw): NodeId {
  const draw = (): NodeId =>
    publicHost === undefined ? nodeIdFrom(random(nodeIdBytes)) : secureNodeId(publicHost, random);
  let id = draw();
  for (let draws = 1; draws < mostDraws && isNearTo(id, other); draws++) id = draw();
  return id;
}

function isNearTo(id: NodeId, other: NodeId | undefined): boolean {
  return other !== undefined && commonPrefixBits(id, other) > mostSharedBits;
}
