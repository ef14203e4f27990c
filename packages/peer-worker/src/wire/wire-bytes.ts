/** Bytes of a connection that are not counted as protocol bytes yet, or never. */
export class WireBytes {
  /** Bytes read that are not counted as protocol bytes: payload. */
  uncounted = 0;
  /** The rest of an abandoned block: so many bytes come next, and are of no use. */
  abandoned = 0;
  /** Bytes of messages that were sent before the content was known. */
  sentEarly = 0;
}
