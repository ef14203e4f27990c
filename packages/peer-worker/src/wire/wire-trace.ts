// The messages of a connection as text, a line each: milliseconds since 1970, `<` for received or `>` for sent, name and fields.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";
import { FrameReader, type FrameRules, type FrameSink } from "@troupe/protocol/frames";

import { messageText } from "./message-text.ts";

/** Lines are sent together, after this time or so many characters. */
const gatherMs = 100;
const gatherLength = 65_536;

/** The services of a trace. */
interface TraceServices {
  readonly clock: Pick<Clock, "epochMs">;
  readonly timers: Pick<Timers, "after">;
  /** @param isOver Nothing follows. */
  send(text: string, isOver: boolean): void;
}

/** A connection whose messages may be noted. */
export interface TracedConnection {
  /** Undefined while no trace runs. */
  trace: { readonly number: number; readonly trace: WireTrace } | undefined;
}

/** Follows a connection from its begin on, both ways. */
export class WireTrace {
  readonly #services: TraceServices;
  readonly #sent: FrameReader;
  #text = "";
  #timer: Timer | undefined;
  #isOver = false;

  constructor(services: TraceServices, rules: FrameRules) {
    this.#services = services;
    this.#sent = new FrameReader(this.#noting(">", silent), rules);
  }

  /** @returns A sink that notes each message and passes it on. */
  received(sink: FrameSink): FrameSink {
    return this.#noting("<", sink);
  }

  /** @param bytes Whole messages. */
  sent(bytes: Uint8Array): void {
    if (!this.#isOver) this.#sent.push(bytes);
  }

  /** Nothing is noted any more. @param reason Undefined: the user ends it. */
  end(reason?: string): void {
    if (this.#isOver) return;
    if (reason !== undefined) this.#note(`closed: ${reason}`);
    this.#isOver = true;
    this.#flush();
  }

  #noting(direction: string, sink: FrameSink): FrameSink {
    return new Proxy(sink, {
      get: (target, name: keyof FrameSink) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...fields: readonly unknown[]): unknown => {
          const text = messageText(name, fields);
          if (text !== undefined) this.#note(`${direction} ${text}`);
          return Reflect.apply(value, target, fields);
        };
      },
    });
  }

  #note(line: string): void {
    if (this.#isOver) return;
    const { clock, timers } = this.#services;
    this.#text += `${Math.floor(clock.epochMs())} ${line}\n`;
    if (this.#text.length >= gatherLength) this.#flush();
    else this.#timer ??= timers.after(gatherMs, () => this.#flush());
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const text = this.#text;
    this.#text = "";
    if (text !== "" || this.#isOver) this.#services.send(text, this.#isOver);
  }
}

const nothing = (): void => {};
const skipped = -1;

/** Handles nothing. */
const silent: FrameSink = {
  blockMemory: new Uint8Array(0),
  keepAlive: nothing,
  choke: nothing,
  unchoke: nothing,
  interested: nothing,
  notInterested: nothing,
  have: nothing,
  bitfield: nothing,
  request: nothing,
  cancel: nothing,
  port: nothing,
  haveAll: nothing,
  haveNone: nothing,
  suggest: nothing,
  allowedFast: nothing,
  reject: nothing,
  extended: nothing,
  blockStarts: () => skipped,
  blockEnds: nothing,
  unknown: nothing,
};
