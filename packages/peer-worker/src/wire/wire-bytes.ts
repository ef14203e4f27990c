/** Bytes of a connection that do not count as protocol bytes, or not yet. */
export class WireBytes {
  /** Read bytes that do not count as protocol bytes, or not yet. */
  uncounted = 0;
  /** Bytes of an abandoned block that are still to come, and are wasted. */
  abandoned = 0;
  /** Bytes of messages that were sent before the content was known. */
  sentEarly = 0;
}
