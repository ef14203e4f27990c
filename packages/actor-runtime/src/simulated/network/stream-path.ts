import type { Scheduler } from "../scheduler.ts";
import { LineQueue } from "./line-queue.ts";
import type { MachineLine } from "./machine-line.ts";
import { segmentBytes, type SharedLine } from "./shared-line.ts";
import type { SimulatedRoute } from "./simulated-route.ts";

/**
 * The way of a connection's bytes in one direction: the uplink of the sender and the downlink of the receiver, where
 * these have lines, and the route between them.
 */
export class StreamPath {
  readonly route: SimulatedRoute;
  readonly uplink: SharedLine | undefined;
  readonly #scheduler: Scheduler;
  readonly #arrivals: LineQueue | undefined;
  /** Arrival time of the last chunk, which the next must not overtake. */
  #lastArrivalMs = 0;

  constructor(
    scheduler: Scheduler,
    route: SimulatedRoute,
    from: MachineLine | undefined,
    to: MachineLine | undefined,
  ) {
    this.#scheduler = scheduler;
    this.route = route;
    this.uplink = from?.up;
    this.#arrivals = to && new LineQueue(to.down);
  }

  /** The most bytes of a connection that are under way to its other end, or unread there. */
  get windowBytes(): number {
    return this.route.conditions.windowBytes;
  }

  /** @param roomBytes Above 0. @returns Bytes of the next chunk; 0: wait for more room. */
  chunkBytes(queuedBytes: number, roomBytes: number): number {
    const hasLine = this.uplink !== undefined || this.#arrivals !== undefined;
    if (!hasLine) return this.route.chunkBytes(Math.min(queuedBytes, roomBytes));
    const { longestChunkBytes } = this.route.conditions;
    const lengthBytes = Math.min(queuedBytes, longestChunkBytes, segmentBytes);
    // Segments that fill any room would become shorter and shorter.
    return lengthBytes > roomBytes ? 0 : lengthBytes;
  }

  /** Arrives after everything that was carried before. @returns the departure time. */
  carry(lengthBytes: number, arrive: () => void): number {
    const { nowMs } = this.#scheduler;
    const departureMs = Math.max(
      this.route.departureMs(nowMs, lengthBytes),
      nowMs + (this.uplink?.durationMs(lengthBytes) ?? 0),
    );
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, departureMs + this.route.travelMs());
    const arrivals = this.#arrivals;
    this.#scheduler.at(
      this.#lastArrivalMs,
      arrivals === undefined ? arrive : () => void arrivals.add(lengthBytes, arrive),
    );
    return departureMs;
  }

  /** The receiver has closed: bytes that still arrive do not occupy its downlink. */
  abandon(): void {
    this.#arrivals?.abandon();
  }
}
