// A misbehaving peer of a group, over one visit: its connections one after another, and what is counted of them.

import type { Listener, Stream, StreamHandlers } from "@troupe/actor-runtime";
import type { PeerState } from "../peer-recorder.ts";
import type { DueQueue } from "../peers/due-queue.ts";
import type { PeerArrival } from "../peers/peer-group.ts";
import { nextState, type PeerEvent, stateBefore } from "../peers/peer-state.ts";
import { misbehave, type HostilePeer } from "./hostile-peer.ts";
import type { HostileGroupSettings } from "./open-hostile-peers.ts";
import { RawConnection, type Target, type Wire } from "./raw-connection.ts";

const dialTimeoutMs = 20_000;

/** The group of a visit. */
export interface HostileOwner {
  readonly settings: HostileGroupSettings;
  readonly target: Target;
  readonly due: DueQueue;
  /** A connection, or a listener, begins. */
  socketMade(): void;
  /** It is closed. */
  socketClosed(): void;
  left(visit: HostileVisit): void;
}

/** One misbehaving peer. Behaviours that need several connections at once have them. */
export class HostileVisit {
  readonly number: number;
  readonly #owner: HostileOwner;
  readonly #behaviour: HostilePeer;
  readonly #arrival: PeerArrival;
  readonly #open = new Set<HostileConnection>();
  #state: PeerState | undefined;
  #listener: Listener | undefined;
  #leavesMs: number;

  constructor(owner: HostileOwner, behaviour: HostilePeer, arrival: PeerArrival) {
    this.number = arrival.peer;
    this.#owner = owner;
    this.#behaviour = behaviour;
    this.#arrival = arrival;
    this.#leavesMs = owner.settings.ports.clock.nowMs() + arrival.stayMs;
  }

  start(): void {
    const { settings, due } = this.#owner;
    settings.recorder.count("arrived");
    if (this.#leavesMs < Infinity) due.add(this.#leavesMs, this);
    if (this.#behaviour.isDialled === true) void this.#listen();
    else this.#dial();
  }

  leave(): void {
    if (this.#state === "gone") return;
    this.#gone();
    for (const connection of this.#open) connection.close();
  }

  /** The end of its stay, or of a pause. */
  due(): void {
    if (this.#owner.settings.ports.clock.nowMs() >= this.#leavesMs) this.leave();
    else if (this.#state === "waiting" && this.#listener === undefined) this.#dial();
  }

  /** Once a second. */
  countBytes(): void {
    for (const connection of this.#open) connection.countBytes();
  }

  /** A connection stands. */
  opened(): void {
    this.#change("opened");
  }

  /** A connection is over for either side. */
  over(connection: HostileConnection): void {
    this.#open.delete(connection);
    this.#owner.socketClosed();
    if (this.#open.size > 0 || this.#state === "gone") return;
    const { retryAfterMs, stormAfterMs, ports } = this.#owner.settings;
    const pauseMs = this.#behaviour.comesBack === true ? stormAfterMs : retryAfterMs;
    if (this.#listener !== undefined) this.#change("wait");
    else if (pauseMs === undefined) this.#gone();
    else {
      this.#change("wait");
      this.#owner.due.add(ports.clock.nowMs() + pauseMs, this);
    }
  }

  #dial(): void {
    const { ports, target, mayDial, recorder } = this.#owner.settings;
    if (!mayDial(target)) {
      recorder.count("refused", 1, "address not allowed");
      return this.#gone();
    }
    this.#change("dial");
    const { localHost } = this.#arrival;
    const options = { timeoutMs: dialTimeoutMs, ...(localHost !== undefined && { localHost }) };
    for (let count = this.#behaviour.connections ?? 1; count > 0; count--) {
      const connection = this.#connect();
      connection.attach(ports.sockets.dial(target, connection, options));
      connection.run(this.#behaviour);
    }
  }

  async #listen(): Promise<void> {
    const { ports, recorder, listening } = this.#owner.settings;
    this.#change("wait");
    this.#owner.socketMade();
    const host = this.#arrival.localHost ?? "0.0.0.0";
    try {
      const listener = await ports.sockets.listen({ host, port: 0 }, (stream) =>
        this.#accept(stream),
      );
      this.#listener = listener;
      if (this.#state === "gone") this.#closeListener();
      else listening?.(this.number, listener.address);
    } catch {
      recorder.count("refused", 1, "cannot listen");
      this.#owner.socketClosed();
      this.#gone();
    }
  }

  #accept(stream: Stream): StreamHandlers {
    if (this.#state === "gone" || !this.#owner.settings.mayDial(stream.remote)) {
      stream.destroy();
      return unheard;
    }
    const connection = this.#connect();
    connection.attach(stream);
    connection.accepted();
    connection.run(this.#behaviour);
    return connection;
  }

  #connect(): HostileConnection {
    this.#owner.socketMade();
    const connection = new HostileConnection(this.#owner, this, this.#peerId());
    this.#open.add(connection);
    return connection;
  }

  /** Connections of one peer share its id. */
  #peerId(): Uint8Array {
    const { connections = 1, name } = this.#behaviour;
    const words =
      connections > 1
        ? name.slice(0, 12).padEnd(12, "0")
        : `h${this.number.toString(36)}`.padStart(12, "0");
    return Buffer.from(`-XX0000-${words}`);
  }

  #change(event: PeerEvent): void {
    const from = this.#state;
    const to = nextState(from ?? "waiting", event);
    if (from === to) return;
    this.#state = to;
    this.#owner.settings.recorder.moved(from ?? stateBefore(this.#arrival), to);
  }

  #closeListener(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    void listener?.close().then(() => this.#owner.socketClosed());
  }

  #gone(): void {
    this.#change("left");
    this.#closeListener();
    this.#owner.left(this);
  }
}

const unheard: StreamHandlers = {
  bytes() {},
  closed() {},
};

/** The end of a connection, by whom. */
type End = "none" | "ours" | "counted";

/** One connection, and its counts. */
class HostileConnection implements StreamHandlers, Wire {
  readonly #owner: HostileOwner;
  readonly #visit: HostileVisit;
  readonly #raw: RawConnection;
  readonly #dialledMs: number;
  #stream: Stream | undefined;
  #isOpen = false;
  #end: End = "none";
  #countedSent = 0;
  #countedHeard = 0;

  constructor(owner: HostileOwner, visit: HostileVisit, peerId: Uint8Array) {
    const { ports, bytesPerSecond } = owner.settings;
    this.#owner = owner;
    this.#visit = visit;
    this.#raw = new RawConnection({ target: owner.target, peerId, bytesPerSecond, ports });
    this.#dialledMs = ports.clock.nowMs();
  }

  attach(stream: Stream): void {
    this.#stream = stream;
    this.#raw.attach(this);
  }

  run(behaviour: HostilePeer): void {
    void misbehave(behaviour, this.#raw).then(() => this.#visit.over(this));
  }

  close(): void {
    this.reset();
  }

  countBytes(): void {
    const { recorder } = this.#owner.settings;
    const { sentBytes, heardBytes } = this.#raw;
    if (sentBytes > this.#countedSent) recorder.count("bytes_up", sentBytes - this.#countedSent);
    if (heardBytes > this.#countedHeard)
      recorder.count("bytes_down", heardBytes - this.#countedHeard);
    this.#countedSent = sentBytes;
    this.#countedHeard = heardBytes;
  }

  opened(): void {
    const { recorder, ports } = this.#owner.settings;
    recorder.sample("connect", this.#dialledMs, ports.clock.nowMs());
    this.accepted();
    this.#raw.drained();
  }

  /** It stands, without a dial of ours. */
  accepted(): void {
    this.#isOpen = true;
    this.#owner.settings.recorder.count("opened");
    this.#visit.opened();
  }

  bytes(_stream: Stream, chunk: Uint8Array): void {
    this.#raw.receive(chunk);
  }

  drained(): void {
    this.#raw.drained();
  }

  closed(_stream: Stream, reason: string | undefined): void {
    const { recorder } = this.#owner.settings;
    this.countBytes();
    if (this.#end === "ours") {
      if (this.#isOpen) recorder.count("closed_by_us");
    } else if (!this.#isOpen) recorder.count("refused", 1, reason ?? "closed");
    else recorder.count("closed_by_target", 1, reason ?? "end");
    this.#end = "counted";
    this.#raw.markClosed(reason);
  }

  get queuedBytes(): number {
    return this.#stream?.queuedBytes ?? 0;
  }

  write(bytes: Uint8Array): void {
    this.#stream?.write(bytes);
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  end(): void {
    this.#stream?.end();
  }

  reset(): void {
    if (this.#end === "none") this.#end = "ours";
    this.#stream?.reset();
  }
}
