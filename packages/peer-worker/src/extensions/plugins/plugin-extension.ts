import type { OwnExtendedHandshake } from "@troupe/protocol/peer";

import { closeSoon } from "../../session/session-end.ts";
import type { Session } from "../../session/session.ts";
import type { Torrent, TorrentExtension } from "../../torrent.ts";
import type { EarlyPayloads } from "./early-payloads.ts";
import { inExtensionStep } from "./extension-step.ts";
import { PluginPeer } from "./plugin-peer.ts";
import type { PeerExtension } from "./peer-extension.ts";
import type { CheckedExtension } from "./read-extension.ts";

/** A handler of a module. */
type HandlerName = "connected" | "message" | "disconnected" | "close";

/** The surroundings of a plugin extension. */
export interface PluginServices {
  readonly torrent: Torrent;
  /** Messages of peers that wait for their admission. */
  readonly early: EarlyPayloads;
  /** A handler threw. */
  reportThrow(handler: HandlerName, error: unknown): void;
}

/** An extension of the register whose handlers are those of a module. An error of theirs costs a connection at most. */
export class PluginExtension implements TorrentExtension {
  readonly name: string;
  readonly id: number;
  readonly maxBytes: number;
  /** Each message counts. */
  readonly maxUseless: number;
  readonly #offer: Partial<OwnExtendedHandshake>;
  readonly #made: PeerExtension;
  readonly #services: PluginServices;
  readonly #peers = new Map<Session, PluginPeer>();

  constructor(checked: CheckedExtension, id: number, services: PluginServices) {
    this.name = checked.name;
    this.id = id;
    this.maxBytes = checked.maxBytes;
    this.maxUseless = checked.maxMessages;
    this.#offer = { otherFields: checked.fields };
    this.#made = checked.made;
    this.#services = services;
  }

  offer(): Partial<OwnExtendedHandshake> {
    return this.#offer;
  }

  handshakeRead(session: Session): void {
    this.meet(session);
  }

  admitted(session: Session): void {
    this.meet(session);
    for (const payload of this.#services.early.take(session, this.name))
      this.#deliver(session, payload);
  }

  read(session: Session, payload: Uint8Array): boolean {
    if (session.wire.phase === "open") this.#deliver(session, payload.slice());
    else if (!this.#services.early.keep(session, this.name, payload))
      session.wire.requestCloseOnce("kept-too-much");
    return false;
  }

  closed(session: Session): void {
    this.#services.early.take(session, this.name);
    const peer = this.#peers.get(session);
    if (peer === undefined) return;
    this.#peers.delete(session);
    peer.end();
    this.#call("disconnected", undefined, () => this.#made.disconnected?.(peer));
  }

  /** The module hears of an admitted peer that offers the extension, once. */
  meet(session: Session): void {
    const isOffered = session.features.extensions.idOf(this) !== undefined;
    if (!isOffered || !isUsable(session) || this.#peers.has(session)) return;
    const peer = new PluginPeer(session, this);
    this.#peers.set(session, peer);
    this.#call("connected", session, () => this.#made.connected?.(peer));
  }

  /** The module hears of nothing any more. */
  close(): void {
    for (const peer of this.#peers.values()) peer.end();
    this.#peers.clear();
    this.#call("close", undefined, () => this.#made.close?.());
  }

  /** A peer that does not offer the extension is not heard. */
  #deliver(session: Session, payload: Uint8Array): void {
    const peer = this.#peers.get(session);
    if (peer !== undefined && isUsable(session))
      this.#call("message", session, () => this.#made.message(peer, payload));
  }

  /** @param session Closed when the handler fails. */
  #call(handler: HandlerName, session: Session | undefined, run: () => unknown): void {
    const failed = (error: unknown): void => {
      this.#services.reportThrow(handler, error);
      if (session !== undefined) closeSoon(session, "extension-failed");
    };
    try {
      const result = inExtensionStep(this.#services.torrent, run);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

/** Whether the connection is admitted, and about to stay. */
function isUsable({ wire }: Session): boolean {
  return wire.phase === "open" && wire.closeReason === undefined;
}
