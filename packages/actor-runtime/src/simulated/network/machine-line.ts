import type { Scheduler } from "../scheduler.ts";
import { LineQueue } from "./line-queue.ts";
import { SharedLine } from "./shared-line.ts";

/** Between a machine and all others. */
export interface LineOptions {
  readonly upBytesPerSecond: number;
  readonly downBytesPerSecond: number;
}

/** Datagrams that wait in one direction; a router drops further ones. */
const mostDatagramBytes = 128 * 1024;

/** The line of a machine: an uplink and a downlink, each shared by its connections and its datagrams. */
export class MachineLine {
  readonly up: SharedLine;
  readonly down: SharedLine;
  /** All datagrams of a direction together have the share of a connection. */
  readonly datagramsUp: LineQueue;
  readonly datagramsDown: LineQueue;

  constructor(scheduler: Scheduler, { upBytesPerSecond, downBytesPerSecond }: LineOptions) {
    this.up = new SharedLine(scheduler, upBytesPerSecond);
    this.down = new SharedLine(scheduler, downBytesPerSecond);
    this.datagramsUp = new LineQueue(this.up, mostDatagramBytes);
    this.datagramsDown = new LineQueue(this.down, mostDatagramBytes);
  }
}
