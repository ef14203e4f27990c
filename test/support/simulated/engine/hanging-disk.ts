// File-workers whose disk hangs in virtual time. A simulated call always returns, so what hangs is the message whose handler
// would make it: its stamp says "in a call", and it and all after it are handled when the disk is back.

import type { Actor, ActorEntry, Context } from "@troupe/actor-runtime";

type Handler = (state: unknown, message: unknown, from: unknown) => unknown;

/** Which file-workers hang, by name. */
export class HangingDisks {
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #stamps = new Map<string, Int32Array>();

  hang(name: string): void {
    this.#waiting.set(name, []);
  }

  wake(name: string): void {
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    if (waiting.length > 0) this.#move(name);
    for (const handle of waiting) handle();
  }

  /** Returns the entry with actors that hang on command. */
  entry<Entry extends ActorEntry<never, never>>(entry: Entry): Entry {
    return { ...entry, load: async () => this.#hanging((await entry.load()) as never) };
  }

  #hanging(actor: Actor<never, never, never>): unknown {
    const handlers = Object.entries(actor.handlers as Record<string, Handler>);
    let name = "";
    return {
      ...actor,
      start: (context: Context, options: { readonly stamp: SharedArrayBuffer }) => {
        // Each incarnation has an actor of its own: entries are loaded for each.
        name = context.self.name;
        this.#stamps.set(name, new Int32Array(options.stamp));
        return actor.start(context, options as never);
      },
      handlers: Object.fromEntries(
        handlers.map(([what, handler]): [string, Handler] => [
          what,
          (state, message, from) => this.#later(name, () => handler(state, message, from)),
        ]),
      ),
    };
  }

  #later(name: string, handle: () => unknown): unknown {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return handle();
    if (waiting.length === 0) this.#move(name);
    return new Promise((resolve) => waiting.push(() => resolve(handle())));
  }

  /** Into a call, or out of it. */
  #move(name: string): void {
    const stamp = this.#stamps.get(name);
    if (stamp !== undefined) Atomics.add(stamp, 0, 1);
  }
}
