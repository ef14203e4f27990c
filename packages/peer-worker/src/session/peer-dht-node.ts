import { longAgoMs } from "../long-ago.ts";

/** The DHT nodes of a peer and of us, as far as the two know of each other. */
export class PeerDhtNode {
  /** The peer's handshake offers the DHT. */
  isOffered = false;
  /** Of ours, as the peer was told last. */
  toldPort: number | undefined;
  /** Of the peer's, as it was named last. */
  port: number | undefined;
  reportedMs: number = longAgoMs;
}
