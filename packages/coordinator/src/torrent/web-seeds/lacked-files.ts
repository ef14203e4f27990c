// The files that the server of a web seed does not give: missing files for the run of the torrent, refused files for a while.

import { restAfter } from "./web-seed-state.ts";

interface Lack {
  /** `Infinity` for a missing file. */
  untilMs: number;
  /** In a row. */
  refusals: number;
  fault: string;
}

/** The files that a web seed lacks. */
export class LackedFiles {
  readonly #lacks = new Map<number, Lack>();

  /** A sentence about the last of them; undefined if there are none at this time. */
  faultAt(nowMs: number): string | undefined {
    return [...this.#lacks.values()].findLast(({ untilMs }) => nowMs < untilMs)?.fault;
  }

  /** The server does not have the file. */
  addMissing(file: number, fault: string): void {
    this.#add(file, { untilMs: Infinity, refusals: 0, fault });
  }

  /** The server has refused a range of the file, which rests like a web seed. @param isAlone See {@link restAfter}. */
  addRefused(file: number, fault: string, isAlone: boolean, nowMs: number): void {
    const refusals = this.#lacks.get(file)?.refusals ?? 0;
    const untilMs = nowMs + restAfter(refusals, isAlone);
    this.#add(file, { untilMs, refusals: refusals + 1, fault });
  }

  /** The server has given good data of files: refusals that are over do not count with later refusals. */
  endRefusals(isGiven: (file: number) => boolean, nowMs: number): void {
    for (const [file, { untilMs }] of this.#lacks)
      if (untilMs <= nowMs && isGiven(file)) this.#lacks.delete(file);
  }

  /** Files lacked at this time. */
  at(nowMs: number): number[] {
    return [...this.#lacks].flatMap(([file, { untilMs }]) => (nowMs < untilMs ? [file] : []));
  }

  /** The time at which the next file has rested; `Infinity` if none rests. */
  nextRestedMs(nowMs: number): number {
    const ends = [...this.#lacks.values()].map(({ untilMs }) => untilMs);
    return Math.min(Infinity, ...ends.filter((untilMs) => untilMs > nowMs));
  }

  /** Files that rest are asked for again; missing files stay missing. */
  endRests(): void {
    for (const [file, { untilMs }] of this.#lacks) if (untilMs < Infinity) this.#lacks.delete(file);
  }

  forget(): void {
    this.#lacks.clear();
  }

  /** Behind the others: its fault is the last. */
  #add(file: number, lack: Lack): void {
    this.#lacks.delete(file);
    this.#lacks.set(file, lack);
  }
}
