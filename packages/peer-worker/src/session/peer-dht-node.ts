import { longAgoMs } from "../long-ago.ts";

/** The DHT nodes of a peer and of us, as far as the two know of each other. */
export class PeerDhtNode {
  /** The peer's handshake offers the DHT. */
  isOffered = false;
  /** Port of our node that the peer was sent last. */
  sentPort: number | undefined;
  /** Port of the peer's node that the peer named last. */
  port: number | undefined;
  reportedMs: number = longAgoMs;
}
