// The restart of one fallen member, after a back-off.

import type { Ports } from "../ports/ports.ts";
import type { Timer } from "../ports/timers.ts";
import type { Member } from "./member.ts";
import { restartDelayMs, steadyMs } from "./restart-window.ts";

/** What a restart needs. */
export interface MemberRestartOptions {
  readonly member: Member;
  readonly ports: Pick<Ports, "clock" | "timers" | "random">;
  /** A restart failed. @returns whether another one is allowed. */
  readonly startFailed: (member: Member, error: unknown) => boolean;
}

/** Waits out the back-off and starts the member again. */
export class MemberRestart {
  readonly #options: MemberRestartOptions;
  #isDue = false;
  #isRunning = false;
  #isCancelled = false;
  #attempt = 0;
  #restartedMs = -Infinity;
  #endDelay: (() => void) | undefined;

  constructor(options: MemberRestartOptions) {
    this.#options = options;
  }

  /** Starts the member again, as soon as the back-off allows. */
  recover(): void {
    this.#isDue = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#isCancelled = false;
    void this.#run().finally(() => {
      this.#isRunning = false;
    });
  }

  /** Gives up what is under way. A member that is being started has to be stopped by the caller. */
  cancel(): void {
    this.#isDue = false;
    this.#isCancelled = true;
    this.#endDelay?.();
  }

  async #run(): Promise<void> {
    while (this.#isDue) {
      await this.#delay();
      if (this.#isCancelled) return;
      this.#isDue = false;
      await this.#start();
    }
  }

  async #start(): Promise<void> {
    const { member, startFailed } = this.#options;
    try {
      await member.start();
    } catch (error) {
      if (!this.#isCancelled && startFailed(member, error)) this.#isDue = true;
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
