import {
  decodeHandshake,
  type Handshake,
  handshakeLengthBytes,
  looksLikeHandshake,
} from "@troupe/protocol/peer";

const nothing = new Uint8Array(0);

/** Takes the handshake of the other side from the first bytes of a connection. */
export class HandshakeGate {
  /** Undefined until it is whole. */
  handshake: Handshake | undefined;
  #begun: Uint8Array = nothing;

  /**
   * @param chunk Read during the call only.
   * @returns Bytes used of the chunk.
   * @throws {ProtocolError} `handshake-malformed`, at the first byte of another protocol.
   */
  push(chunk: Uint8Array): number {
    const usedBytes = Math.min(handshakeLengthBytes - this.#begun.length, chunk.length);
    const used = chunk.subarray(0, usedBytes);
    const bytes = this.#begun.length === 0 ? used : Buffer.concat([this.#begun, used]);
    const isBegun = bytes.length < handshakeLengthBytes && looksLikeHandshake(bytes) !== "no";
    this.#begun = isBegun ? new Uint8Array(bytes) : nothing;
    if (!isBegun) this.handshake = decodeHandshake(bytes);
    return usedBytes;
  }
}
