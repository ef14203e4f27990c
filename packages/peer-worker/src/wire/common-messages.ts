import { readExtendedHandshake } from "../extensions/extended-handshake.ts";
import { extensionOf, readExtensionMessage } from "../extensions/registry.ts";
import { readDhtPort } from "../session/dht-port.ts";
import { PeerFault } from "./faults.ts";
import { setPeerInterest } from "../choke/interest.ts";
import { haveAllBitfields } from "../limits.ts";
import type { FastPeer } from "../session/fast/fast-peer.ts";
import type { Session } from "../session/session.ts";

/** The extended message's id, and the id from the extension handshake. */
const extendedIdsBytes = 2;

/** Handles the messages that need no metadata. Throws PeerFault, and ProtocolError for extended messages. */
export abstract class CommonMessages<Peer extends Session> {
  protected readonly session: Peer;

  constructor(session: Peer) {
    this.session = session;
  }

  keepAlive(): void {
    this.countIdle();
  }

  interested(): void {
    this.countIdle();
    setPeerInterest(this.session, true);
  }

  notInterested(): void {
    this.countIdle();
    setPeerInterest(this.session, false);
  }

  port(port: number): void {
    this.countIdle();
    readDhtPort(this.session, port);
  }

  haveNone(): void {
    this.notePiecesShown("have-none");
  }

  extended(id: number, payload: Uint8Array): void {
    const { session } = this;
    const extension = extensionOf(session.torrent.extensions, id);
    const isRead = id === 0 && readExtendedHandshake(session, payload);
    if (extension !== undefined) readExtensionMessage(session, extension, payload);
    else if (!isRead) this.#countUnknown(payload.length + extendedIdsBytes);
  }

  unknown(_id: number, lengthBytes: number): void {
    this.#countUnknown(lengthBytes);
  }

  protected countIdle(): void {
    this.session.wire.offences.count("message-flood", 1);
  }

  #countUnknown(lengthBytes: number): void {
    this.countIdle();
    this.session.wire.offences.count("unknown-messages", lengthBytes);
  }

  /** The agreed fast extension. @throws {PeerFault} Without it. */
  protected fastFor(name: string): FastPeer {
    const { fast } = this.session.features;
    if (fast !== undefined) return fast;
    throw new PeerFault(
      "fast-not-agreed",
      `cannot read ${name}: the two handshakes have not agreed on the fast extension`,
    );
  }

  /**
   * Notes the message by which the peer showed its pieces: a bitfield, `have-all` or `have-none`. A later `have-all` is
   * accepted, as aria2 sends it instead of many `have`s.
   *
   * @throws {PeerFault} For a late `have-none`.
   */
  protected notePiecesShown(name: "have-all" | "have-none"): void {
    const fast = this.fastFor(name);
    const { firstShown } = fast;
    if (firstShown !== undefined && name === "have-none") {
      throw new PeerFault(
        "late-have-none",
        `cannot read have-none: the peer has shown its pieces before, by ${firstShown}`,
      );
    }
    if (firstShown !== undefined)
      this.session.wire.offences.count("bitfield-flood", haveAllBitfields);
    fast.noteShown(name);
  }
}
