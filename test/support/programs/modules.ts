// Modules of a torrent that a test writes, and the channels by which they talk to it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BroadcastChannel } from "node:worker_threads";
import type { ExecutionContext } from "ava";
import { isLong } from "../lanes.ts";

/** The messages of a channel, in their order. */
export interface ChannelListener<Message> {
  readonly told: Message[];
  /** Resolves when the messages so far meet a condition. */
  until(condition: (told: readonly Message[]) => boolean): Promise<void>;
  say(message: unknown): void;
}

/** Listens to a channel until the test ends. */
export function listen<Message>(t: ExecutionContext, name: string): ChannelListener<Message> {
  const told: Message[] = [];
  const listeners = new Set<() => void>();
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", ({ data }: MessageEvent) => {
    told.push(data as Message);
    for (const listener of listeners) listener();
  });
  t.teardown(() => channel.close());
  return {
    told,
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => void (condition(told) && resolve());
        listeners.add(look);
        look();
      }),
    say: (message) => channel.postMessage(message),
  };
}

/** Writes a module. @returns Its URL. */
export function writeModule(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return pathToFileURL(join(folder, name)).href;
}

/**
 * A statement that never returns. A loop of a thread takes a processor until the engine ends the thread: the gate blocks the
 * thread instead.
 */
export const neverReturns: string = isLong
  ? "for (;;);"
  : "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);";
