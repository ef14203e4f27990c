// Members that are restarted together: from the one that fell to the last. One member alone is one-for-one, all members
// of a supervisor in order are rest-for-one.

import type { Ports } from "../ports/ports.ts";
import type { Timer } from "../ports/timers.ts";
import type { Member } from "./member.ts";
import { restartDelayMs, steadyMs } from "./restart-window.ts";

/** What one group of members is made of. */
export interface GroupOptions {
  /** In start order. */
  readonly members: readonly Member[];
  readonly ports: Pick<Ports, "clock" | "timers" | "random">;
  /** A restart failed. @returns whether another one is allowed. */
  readonly startFailed: (member: Member, error: unknown) => boolean;
}

/** Stops what comes after a fallen member, waits out the back-off, and starts from there again. */
export class RestartGroup {
  readonly #options: GroupOptions;
  /** The first member that has to be started again. */
  #from: number | undefined;
  #isRunning = false;
  #isCancelled = false;
  #attempt = 0;
  #restartedMs = -Infinity;
  #endDelay: (() => void) | undefined;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  has(member: Member): boolean {
    return this.#options.members.includes(member);
  }

  /** Starts `member` and those after it again, as soon as the back-off allows. */
  recover(member: Member): void {
    const index = this.#options.members.indexOf(member);
    this.#from = Math.min(this.#from ?? index, index);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#isCancelled = false;
    void this.#run().finally(() => {
      this.#isRunning = false;
    });
  }

  /** Gives up what is under way. Members that are being started have to be stopped by the caller. */
  cancel(): void {
    this.#from = undefined;
    this.#isCancelled = true;
    this.#endDelay?.();
  }

  async #run(): Promise<void> {
    const { members } = this.#options;
    while (this.#from !== undefined) {
      const from = this.#from;
      for (const member of members.slice(from + 1).toReversed()) await member.stop();
      if (this.#isCancelled) return;
      await this.#delay();
      if (this.#isCancelled) return;
      // Something earlier may have fallen while this was waiting: then more is to be stopped first.
      if (this.#from < from) continue;
      this.#from = undefined;
      await this.#startFrom(from);
    }
  }

  async #startFrom(from: number): Promise<void> {
    const { members, startFailed } = this.#options;
    for (let index = from; index < members.length; index += 1) {
      const member = members[index];
      if (member === undefined || (index > from && member.isTemporary)) continue;
      try {
        await member.start();
      } catch (error) {
        if (this.#isCancelled || !startFailed(member, error)) return;
        this.#from = Math.min(this.#from ?? index, index);
      }
      if (this.#isCancelled || this.#from !== undefined) return;
    }
  }

  #delay(): Promise<void> {
    const { clock, timers, random } = this.#options.ports;
    const nowMs = clock.nowMs();
    if (nowMs - this.#restartedMs >= steadyMs) this.#attempt = 0;
    const delayMs = restartDelayMs(this.#attempt, random.next());
    this.#attempt += 1;
    this.#restartedMs = nowMs + delayMs;
    if (delayMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer: Timer = timers.after(delayMs, resolve);
      this.#endDelay = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
