import type { Ports } from "../ports/ports.ts";
import type { Timer } from "../ports/timers.ts";
import type { Member } from "./tree.ts";
import { restartDelayMs, steadyMs } from "./restart-window.ts";

/** Services of a restart. */
interface MemberRestartOptions {
  readonly member: Member;
  /** The limit of its supervisor. */
  readonly maxRestarts: number;
  readonly ports: Pick<Ports, "clock" | "timers" | "random">;
  /** @returns whether another restart is allowed. */
  readonly startFailed: (member: Member, error: unknown) => boolean;
}

/** Restarts a crashed member after its back-off. */
export class MemberRestart {
  readonly #options: MemberRestartOptions;
  #isDue = false;
  #isRunning = false;
  #isCancelled = false;
  #attempt = 0;
  /** The end of the last start; before the first one the member runs since long. */
  #startedMs = -Infinity;
  #endDelay: (() => void) | undefined;

  constructor(options: MemberRestartOptions) {
    this.#options = options;
  }

  recover(): void {
    this.#isDue = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#isCancelled = false;
    void this.#run().finally(() => {
      this.#isRunning = false;
    });
  }

  /** The caller stops a member that is starting. */
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
    const { member, ports, startFailed } = this.#options;
    this.#startedMs = Infinity;
    try {
      await member.start();
      this.#startedMs = ports.clock.nowMs();
    } catch (error) {
      if (!this.#isCancelled && startFailed(member, error)) this.#isDue = true;
    }
  }

  #delay(): Promise<void> {
    const { maxRestarts, ports } = this.#options;
    const { clock, timers, random } = ports;
    if (clock.nowMs() - this.#startedMs >= steadyMs(maxRestarts)) this.#attempt = 0;
    const delayMs = restartDelayMs(this.#attempt, maxRestarts, random.next());
    this.#attempt += 1;
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
