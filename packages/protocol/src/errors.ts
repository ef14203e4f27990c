/** Codes never change; sentences may. */
export type ProtocolErrorCode =
  | "address-malformed"
  | "announce-query-malformed"
  | "bencode-duplicate-key"
  | "bencode-malformed"
  | "bencode-not-encodable"
  | "bencode-too-deep"
  | "bencode-too-long"
  | "bencode-too-many-tokens"
  | "bencode-trailing-bytes"
  | "bencode-unsorted-keys"
  | "bitfield-spare-bits"
  | "bitfield-wrong-length"
  | "block-before-metadata"
  | "block-out-of-range"
  | "compact-wrong-length"
  | "datagram-malformed"
  | "encryption-malformed"
  | "encryption-no-torrent"
  | "encryption-refused"
  | "field-invalid"
  | "field-missing"
  | "field-wrong-type"
  | "frame-reader-failed"
  | "frame-too-long"
  | "frame-wrong-length"
  | "geometry-invalid"
  | "handshake-malformed"
  | "hashes-not-requested"
  | "info-hash-malformed"
  | "item-malformed"
  | "magnet-malformed"
  | "node-id-malformed"
  | "peer-id-malformed"
  | "piece-out-of-range"
  | "proxy-url-malformed"
  | "torrent-limit"
  | "torrent-too-large"
  | "torrent-version-unknown"
  | "tracker-refused"
  | "xml-malformed";

/** Values seen and allowed, and their place. */
export type ProtocolErrorDetails = Readonly<Record<string, unknown>>;

/** The rest of a {@link ProtocolError}. */
interface ProtocolErrorInit {
  /** Verb and object: `decode-handshake`. */
  readonly operation: string;
  /** The action that failed, the value seen, the value allowed. */
  readonly message: string;
  readonly details?: ProtocolErrorDetails;
}

/** A fault of the sender, not of this process. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;
  readonly operation: string;
  readonly details: ProtocolErrorDetails;

  constructor(code: ProtocolErrorCode, init: ProtocolErrorInit) {
    super(init.message);
    this.name = "ProtocolError";
    this.code = code;
    this.operation = init.operation;
    this.details = init.details ?? {};
  }
}
