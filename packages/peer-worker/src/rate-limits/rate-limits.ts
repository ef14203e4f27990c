import type { Clock, Timer, Timers } from "@troupe/actor-runtime";
import { PeerStep, RateShare } from "@troupe/messages";

import { LimitedDirection, type LimitedPeer } from "./limited-direction.ts";
import { Waiting, type ScopeLimits } from "./waiting-share.ts";

/** Time between two looks at the granted bytes while peers wait. */
const lookMs = 25;

/** A peer whose turn is named in a breadcrumb. */
type TracedPeer = LimitedPeer & { leaveBreadcrumb(step: number): void };

/** The parts of the worker's context that limits use. */
interface LimitsContext {
  readonly clock: Pick<Clock, "nowMs">;
  readonly timers: Pick<Timers, "every">;
  readonly breadcrumb: Int32Array;
}

/** The work of a peer in its turn, each way. */
interface TurnTasks<Peer> {
  readonly down: (peer: Peer) => void;
  readonly up: (peer: Peer) => void;
}

/** The shares of a limit. */
export function scopeLimits(memory: SharedArrayBuffer): ScopeLimits {
  const { down, up } = new RateShare(memory);
  return { down: new Waiting(down), up: new Waiting(up) };
}

/** The rate limits of a worker; exists while there are limits. */
export class RateLimits<Peer extends TracedPeer> {
  readonly down: LimitedDirection<Peer>;
  readonly up: LimitedDirection<Peer>;
  readonly #context: LimitsContext;
  readonly #tasks: TurnTasks<Peer>;
  #timer: Timer | undefined;

  constructor(context: LimitsContext, tasks: TurnTasks<Peer>) {
    this.#context = context;
    this.#tasks = tasks;
    const nowMs = (): number => context.clock.nowMs();
    const waited = (): void => this.#runTimer();
    this.down = new LimitedDirection("down", nowMs, waited);
    this.up = new LimitedDirection("up", nowMs, waited);
  }

  /** Sets the limits of all torrents together. Undefined: none. */
  setEngine(memory: SharedArrayBuffer | undefined): void {
    const limits = memory === undefined ? undefined : scopeLimits(memory);
    this.down.setEngineShare(limits?.down);
    this.up.setEngineShare(limits?.up);
  }

  /** Sets the limit of uploads to all peers over TCP. Undefined: none. */
  setTcpUploads(memory: SharedArrayBuffer | undefined): void {
    this.up.setTcpShare(memory === undefined ? undefined : scopeLimits(memory).up);
  }

  /** Changes limits; then the peers that waited try again. */
  change(apply: () => void): void {
    const down = this.down.leaveAll();
    const up = this.up.leaveAll();
    apply();
    for (const peer of down) this.#inStep(peer, this.#tasks.down);
    for (const peer of up) this.#inStep(peer, this.#tasks.up);
    this.#runTimer();
  }

  /** The connection is closed. */
  forget(peer: Peer): void {
    this.down.leave(peer);
    this.up.leave(peer);
  }

  #runTimer(): void {
    const isNeeded = this.down.isWaitedFor || this.up.isWaitedFor;
    if (isNeeded === (this.#timer !== undefined)) return;
    this.#timer?.cancel();
    const { timers } = this.#context;
    this.#timer = isNeeded ? timers.every(lookMs, () => this.#look()) : undefined;
  }

  #look(): void {
    this.down.serveWaiting((peer) => this.#inStep(peer, this.#tasks.down));
    this.up.serveWaiting((peer) => this.#inStep(peer, this.#tasks.up));
    this.#runTimer();
  }

  #inStep(peer: Peer, task: (peer: Peer) => void): void {
    peer.leaveBreadcrumb(PeerStep.tick);
    task(peer);
    this.#context.breadcrumb.fill(0);
  }
}
