// Two ends of a link and what their owners were told, over a wire that delivers when the test says so.

import { LinkEnd, type LinkOwner, type LinkPlan } from "../../src/links/link.ts";
import { localWire } from "../../src/links/local-wire.ts";
import type { Wire } from "../../src/links/wire.ts";
import { ManualTime } from "./testing/index.ts";

/** An owner that keeps what it is told. */
export class RecordingOwner implements LinkOwner {
  readonly heard: [kind: "cast" | "call" | "notice", name: string, message: unknown][] = [];
  readonly failures: unknown[] = [];
  rooms = 0;
  /** Answers calls. */
  answer: (name: string, message: unknown) => unknown = (_, message) => message;

  onCall(_: LinkEnd, name: string, message: unknown): unknown {
    this.heard.push(["call", name, message]);
    return this.answer(name, message);
  }

  onCast(_: LinkEnd, name: string, message: unknown): void {
    this.heard.push(["cast", name, message]);
  }

  onNotice(_: LinkEnd, name: string, message: unknown): void {
    this.heard.push(["notice", name, message]);
  }

  onRoom(): void {
    this.rooms += 1;
  }

  failed(error: unknown): void {
    this.failures.push(error);
  }
}

/** One end with its owner. */
export interface RecordedEnd {
  readonly link: LinkEnd;
  readonly owner: RecordingOwner;
  readonly wire: Wire;
}

/** Tasks that a test runs when it wants to. */
export class TaskQueue {
  #tasks: (() => void)[] = [];

  readonly schedule = (task: () => void): void => void this.#tasks.push(task);

  /** Runs tasks until none is left, also those that they plan. */
  runAll(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task();
  }
}

/** A plan as `from` is given it. */
export function planOf(
  from: string,
  to: string,
  epochs: { from?: number; to?: number } = {},
): LinkPlan {
  return {
    id: "1",
    self: { name: from, epoch: epochs.from ?? 1 },
    peer: { name: to, epoch: epochs.to ?? 1 },
    role: to,
    peerTakesNotices: true,
  };
}

/** A link between `left` and `right`, open at both ends. Nothing moves until `queue.runAll()`. */
export function linkPair(): {
  left: RecordedEnd;
  right: RecordedEnd;
  queue: TaskQueue;
  time: ManualTime;
} {
  const queue = new TaskQueue();
  const time = new ManualTime();
  const [leftWire, rightWire] = localWire(queue.schedule);
  const left = recordedEnd(planOf("left", "right"), leftWire, time);
  const right = recordedEnd(planOf("right", "left"), rightWire, time);
  return { left, right, queue, time };
}

/** One open end over a wire. */
export function recordedEnd(plan: LinkPlan, wire: Wire, time: ManualTime): RecordedEnd {
  const owner = new RecordingOwner();
  const link = new LinkEnd(plan, wire, time, owner);
  link.open();
  return { link, owner, wire };
}
