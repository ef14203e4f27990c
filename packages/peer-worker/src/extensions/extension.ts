import type { ExtensionModules } from "@troupe/messages";
import type { ExtendedHandshake, OwnExtendedHandshake } from "@troupe/protocol/peer";

/** An extension of BEP 10. */
export interface Extension<Peer, Owner> {
  /** Its key in `m`. */
  readonly name: string;
  /** Ours, 1 to 255: peers send its messages under this id. */
  readonly id: number;
  /** Longest message, after the ids. */
  readonly maxBytes: number;
  /** Messages a minute that {@link read} finds useless. */
  readonly maxUseless: number;
  /** The fields of our handshake; undefined for a torrent without this extension. */
  offer(torrent: Owner): Partial<OwnExtendedHandshake> | undefined;
  /** The peer sent a handshake; its ids of all extensions are noted. */
  handshakeRead(session: Peer, handshake: ExtendedHandshake): void;
  /** The engine admitted the peer. */
  admitted(session: Peer): void;
  /**
   * A message of the peer. @param payload Lent.
   *
   * @returns Whether it was useful to the peer or to us; repetitions are not.
   * @throws {PeerFault} Or ProtocolError.
   */
  read(session: Peer, payload: Uint8Array): boolean;
  /** The connection is closed. */
  closed?(session: Peer): void;
}

/** Runs the extensions of a torrent that are plugins. */
export interface PluginExtensions {
  /** Replaces them; undefined: none. */
  set(modules: ExtensionModules | undefined): void;
  /** The torrent is closed. */
  close(): void;
}
