import type { Timer } from "@troupe/actor-runtime";
import { nextVisit } from "./connection.ts";
import { GroupShared } from "./group-shared.ts";
import { LightPeer, type PeerOwner } from "./light-peer.ts";
import type { LoadEnd, PeerArrival, PeerGroup, PeerGroupSettings } from "./peer-group.ts";

const tickMs = 1_000;

/**
 * Makes a group of light peers, which keep the rules. Connects nothing before the first arrival. A peer takes a few KiB;
 * the group has one timer for everything that its peers do later.
 */
export function openPeers(settings: PeerGroupSettings): PeerGroup {
  return new LightPeers(settings);
}

class LightPeers implements PeerGroup, PeerOwner {
  readonly #shared: GroupShared;
  readonly #peers = new Map<number, LightPeer>();
  #ticking: Timer | undefined;
  #sockets = 0;
  #ended: PromiseWithResolvers<void> | undefined;

  constructor(settings: PeerGroupSettings) {
    this.#shared = new GroupShared(settings);
  }

  get outstanding(): number {
    return this.#shared.outstanding;
  }

  get isWaiting(): boolean {
    return this.outstanding > 0 || this.#peers.values().some((peer) => peer.isConnecting);
  }

  arrive(arrival: PeerArrival): void {
    if (this.#ended !== undefined || this.#shared.isDraining) return;
    this.#ticking ??= this.#shared.settings.ports.timers.every(tickMs, () => this.#tick());
    this.#peers.get(arrival.peer)?.leave(nextVisit, "abandoned");
    const peer = new LightPeer(this.#shared, this, arrival);
    this.#peers.set(arrival.peer, peer);
    peer.start();
  }

  request(peer: number, seed: number, intendedMs: number): void {
    const found = this.#peers.get(peer);
    const { recorder } = this.#shared.settings;
    recorder.acted(intendedMs, this.#shared.nowMs());
    if (found === undefined) recorder.account("not_sent_target", intendedMs, "no connection");
    else found.request(seed, intendedMs);
  }

  drain(): void {
    for (const peer of this.#peers.values()) peer.drain();
    this.#shared.drainedAtMs = this.#shared.nowMs();
  }

  end(how: LoadEnd): Promise<void> {
    if (this.#ended === undefined) {
      this.#ended = Promise.withResolvers<void>();
      this.#ticking?.cancel();
      for (const peer of [...this.#peers.values()]) {
        peer.leave("end of the run", how === "drained" ? "unanswered" : "abandoned");
      }
      // Buffers on delayed lines go back when their streams are gone.
      this.#shared.due.clear();
      this.#settle();
    }
    return this.#ended.promise.then(() => this.#shared.utp?.close());
  }

  socketMade(): void {
    this.#sockets++;
  }

  socketClosed(): void {
    this.#sockets--;
    this.#settle();
  }

  left(peer: LightPeer): void {
    if (this.#peers.get(peer.number) === peer) this.#peers.delete(peer.number);
  }

  #tick(): void {
    const nowMs = this.#shared.nowMs();
    for (const peer of this.#peers.values()) peer.tick(nowMs);
  }

  #settle(): void {
    if (this.#sockets === 0) this.#ended?.resolve();
  }
}
