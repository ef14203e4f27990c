import type { ExtendedHandshake, OwnExtendedHandshake } from "@troupe/protocol";

import type { Session } from "../session/session.ts";
import type { Torrent } from "../torrent.ts";

/** An extension of BEP 10. */
export interface Extension {
  /** Its key in `m`. */
  readonly name: string;
  /** Ours, 1 to 255: peers send its messages under this id. */
  readonly id: number;
  /** Of a message, after the ids. */
  readonly maxBytes: number;
  /** Messages a minute that {@link read} finds useless. */
  readonly maxUseless: number;
  /** The fields of our handshake; undefined for a torrent without this extension. */
  offer(torrent: Torrent): Partial<OwnExtendedHandshake> | undefined;
  /** The peer sent a handshake; its id of the extension is noted. */
  handshakeRead(session: Session, handshake: ExtendedHandshake): void;
  /** The coordinator admitted the peer. */
  admitted(session: Session): void;
  /**
   * A message of the peer. @param payload Lent.
   *
   * @returns Whether it was useful to the peer or to us; repetitions are not.
   * @throws {PeerFault} Or ProtocolError.
   */
  read(session: Session, payload: Uint8Array): boolean;
}
