// The form of a plugin extension, as its author sees it.

import type { TorrentShape } from "@troupe/messages";
import type { Encodable } from "@troupe/protocol/bencode";
import type { HandshakeFields } from "@troupe/protocol/peer";

/**
 * The default export of a module with an extension of the peer protocol (BEP 10). It is called in each peer-worker, for
 * each run of a torrent.
 */
export type ExtensionModule = (torrent: TorrentShape) => PeerExtension;

/**
 * An extension of the peer protocol, for the peers of a torrent in one peer-worker. An error that `connected` or
 * `message` throws, or rejects with, closes the connection of the peer.
 */
export interface PeerExtension {
  /** Both sides offer the extension under this name: 1 to 64 visible ASCII characters. */
  readonly name: string;
  /** Longest message, both ways: 1 to 31,744 bytes. Default 16,384. */
  readonly maxBytes?: number;
  /** Messages that a peer may send in a minute: 1 to 60,000. Default 600. */
  readonly maxMessages?: number;
  /** Further fields of our extension handshake, 1 KiB when bencoded. Default none. */
  readonly fields?: Readonly<Record<string, Encodable>>;
  /** A connected peer offers the extension. Called once for each connection. */
  connected?(peer: ExtensionPeer): void;
  /** A message of a peer that is connected. @param payload Yours. */
  message(peer: ExtensionPeer, payload: Uint8Array): void;
  /** The connection of a peer has ended, after its `connected`. */
  disconnected?(peer: ExtensionPeer): void;
  /** The run of the torrent has ended, or other extensions take over. No other handler is called afterwards. */
  close?(): void;
}

/** A peer that offers the extension. One object from `connected` to `disconnected`. */
export interface ExtensionPeer {
  readonly host: string;
  /** Port of the connection: an incoming peer listens on another one. */
  readonly port: number;
  /** The program of the peer, as its peer id spells it. */
  readonly client: string;
  /**
   * The fields of its last extension handshake that Troupe does not read itself: 16, of 1 KiB each. Empty if the
   * torrent had no plugin extensions when the handshake came.
   */
  readonly fields: HandshakeFields;
  /**
   * Sends a message.
   *
   * @param payload Bytes. Copied.
   * @returns False if it is not sent: the connection has ended, the peer offers the extension no more, or 256 KiB wait
   *   for the peer already.
   * @throws {RangeError} For more than `maxBytes`.
   * @throws {TypeError} For anything but bytes, such as text.
   */
  send(payload: Uint8Array): boolean;
  /** Closes the connection at the end of this turn. */
  close(): void;
}
