import type { OwnUse } from "../../measures/measures.ts";
import type { ProcessUse } from "../result.ts";

/** Uses of the processes of all generators; the CPU time of each is a total since the beginning of the run. */
export class OwnUses {
  /** By generator, then by second. */
  readonly #uses = new Map<string, Map<number, OwnUse>>();

  /** Several threads of a generator may tell of a second: their uses add up. */
  add(generator: string, second: number, use: OwnUse): void {
    const seconds = this.#uses.get(generator) ?? new Map<number, OwnUse>();
    this.#uses.set(generator, seconds);
    const before = seconds.get(second);
    seconds.set(second, {
      cpuMs: use.cpuMs + (before?.cpuMs ?? 0),
      rssBytes: use.rssBytes + (before?.rssBytes ?? 0),
      descriptors: use.descriptors + (before?.descriptors ?? 0),
    });
  }

  /**
   * The use of all generators together in a second. A second has no CPU time of a generator whose window before is
   * missing, or whose process another thread described before.
   */
  at(second: number): ProcessUse {
    const sum = { cpuMs: 0, rssBytes: 0, descriptors: 0 };
    for (const seconds of this.#uses.values()) {
      const now = seconds.get(second);
      if (now === undefined) continue;
      const before = second === 0 ? 0 : (seconds.get(second - 1)?.cpuMs ?? 0);
      if (second === 0 || before > 0) sum.cpuMs += Math.max(0, now.cpuMs - before);
      sum.rssBytes += now.rssBytes;
      sum.descriptors += now.descriptors;
    }
    return sum;
  }

  /** Forgets seconds before this one. */
  forgetBefore(second: number): void {
    for (const seconds of this.#uses.values()) {
      for (const known of seconds.keys()) if (known < second) seconds.delete(known);
    }
  }
}
