// Faults of a peer beyond the form of its messages, which FrameReader checks.

/** The fault for which a peer was closed. Codes never change. */
type PeerFaultCode =
  | "bad-requests"
  | "choked-requests"
  | "frame-stalled"
  | "hashes-flood"
  | "hashes-not-requested"
  | "hashes-wrong"
  | "fast-not-agreed"
  | "cancel-flood"
  | "request-flood"
  | "lost-requests"
  | "late-have-none"
  | "reject-not-requested"
  | "extension-flood"
  | "extension-too-long"
  | "bitfield-flood"
  | "have-flood"
  | "hidden-requests"
  | "message-flood"
  | "unrequested-blocks"
  | "unknown-messages";

/** Closes only this peer. */
export class PeerFault extends Error {
  readonly code: PeerFaultCode;

  constructor(code: PeerFaultCode, message: string) {
    super(message);
    this.name = "PeerFault";
    this.code = code;
  }
}
