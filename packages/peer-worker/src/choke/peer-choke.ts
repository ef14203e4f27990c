import { longAgoMs } from "../long-ago.ts";

/** Interest and chokes between a peer and us, beyond the flags of its row. Idle peers have none. */
export class PeerChoke {
  /** Wanted pieces that the peer has and we lack. */
  interestingPieces = 0;
  /** Since when that is 0 while the peer believes us interested. */
  uninterestingSinceMs: number | undefined;
  unchokedAtMs: number = longAgoMs;
  /** Until then a choked peer's requests may have crossed our choke. */
  crossingUntilMs: number = longAgoMs;
  crossedRequests = 0;
  /** Whether requests followed the peer's last unchoke. */
  hasAnsweredUnchoke = true;
  /** When requests last followed an unchoke; see unchokeAnswerMs. */
  unchokeAnsweredMs: number = longAgoMs;

  /** A choked peer has sent a request that may have crossed our choke. @returns The number of these requests. */
  countCrossed(): number {
    return ++this.crossedRequests;
  }

  /** The peer has unchoked us. */
  noteUnchoke(): void {
    this.hasAnsweredUnchoke = false;
  }

  /** Requests are about to follow. */
  answerUnchoke(nowMs: number): void {
    if (this.hasAnsweredUnchoke) return;
    this.hasAnsweredUnchoke = true;
    this.unchokeAnsweredMs = nowMs;
  }
}
