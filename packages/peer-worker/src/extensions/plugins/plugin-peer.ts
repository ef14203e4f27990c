import {
  clientName,
  encodeExtensionPayload,
  type HandshakeFields,
  peerIdFromText,
} from "@troupe/protocol/peer";

import { maxPluginBytesOut, messageMemoryBytes } from "../../limits.ts";
import { closeSoon } from "../../session/session-end.ts";
import type { Session } from "../../session/session.ts";
import type { ExtensionPeer } from "./peer-extension.ts";

/** A peer, as a plugin extension sees it. */
export class PluginPeer implements ExtensionPeer {
  readonly host: string;
  readonly port: number;
  readonly client: string;
  readonly #session: Session;
  readonly #extension: { readonly name: string; readonly maxBytes: number };
  #isOver = false;

  constructor(session: Session, extension: { readonly name: string; readonly maxBytes: number }) {
    const { host, port } = session.identity;
    this.host = host;
    this.port = port;
    this.client = clientName(peerIdFromText(session.identity.peerId));
    this.#session = session;
    this.#extension = extension;
  }

  get fields(): HandshakeFields {
    return this.#session.features.extensions.otherFields;
  }

  send(payload: Uint8Array): boolean {
    const { name, maxBytes } = this.#extension;
    const given: unknown = payload;
    if (!(given instanceof Uint8Array))
      throw new TypeError(
        `cannot send a value of type ${typeof given} by ${name}: bytes are needed`,
      );
    const { length } = payload;
    if (length > maxBytes)
      throw new RangeError(
        `cannot send ${length} bytes by ${name}: at most ${maxBytes} are allowed`,
      );
    const session = this.#session;
    const { features, wire } = session;
    const id = features.extensions.idOf(this.#extension);
    if (this.#isOver || session.wire.phase !== "open" || id === undefined) return false;
    const bytes = length + messageMemoryBytes;
    if (features.extensions.pluginBytesOut + bytes > maxPluginBytesOut) return false;
    features.extensions.pluginBytesOut += bytes;
    // The message goes alone: of gathered messages it is unknown when the peer has taken them.
    wire.control.flush();
    session.write(encodeExtensionPayload(id, payload), () => {
      features.extensions.pluginBytesOut -= bytes;
    });
    return true;
  }

  close(): void {
    if (!this.#isOver) closeSoon(this.#session, "closed-by-extension");
  }

  /** Ends the use of the peer: from now on `send` and `close` do nothing. */
  end(): void {
    this.#isOver = true;
  }
}
