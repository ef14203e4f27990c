import type { Modules } from "../ports/modules.ts";
import type { Timers } from "../ports/timers.ts";

const loadMs = 5;

/** The modules of a simulated machine: those that its test has registered. */
export class SimulatedModules implements Modules {
  readonly #timers: Pick<Timers, "after">;
  readonly #exports = new Map<string, unknown>();

  constructor(timers: Pick<Timers, "after">) {
    this.#timers = timers;
  }

  /** Registers a module, or replaces it for later loads. */
  register(url: string, defaultExport: unknown): void {
    this.#exports.set(url, defaultExport);
  }

  load(url: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#timers.after(loadMs, () => {
        if (this.#exports.has(url)) resolve(this.#exports.get(url));
        else reject(new Error(`Cannot find module '${url}'`));
      });
    });
  }
}
