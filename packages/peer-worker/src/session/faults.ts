// Rules that a peer can break beyond the form of its messages, which FrameReader judges.

/** Why a peer was closed as a wrongdoer. Codes never change. */
export type PeerFaultCode =
  | "bad-requests"
  | "choked-requests"
  | "frame-stalled"
  | "cancel-flood"
  | "bitfield-flood"
  | "have-flood"
  | "message-flood"
  | "unrequested-blocks"
  | "unknown-messages";

/** Thrown by the sink of a peer's messages: this peer is to be closed, nothing else is wrong. */
export class PeerFault extends Error {
  readonly code: PeerFaultCode;

  constructor(code: PeerFaultCode, message: string) {
    super(message);
    this.name = "PeerFault";
    this.code = code;
  }
}
