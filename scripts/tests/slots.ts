// How many processes of a run are there at once.

/** A lane's processes at a time; the others wait in their order. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(processes: number) {
    this.#free = processes;
  }

  /** Runs work as soon as there is a slot for it. */
  async use<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** Slots of the lanes that run beside each other. */
export interface Lanes {
  readonly D: Slots;
  readonly E: Slots;
}

/** Two cores: engines also wait, and lane D takes what they leave (run-process.ts). */
export function openLanes(): Lanes {
  return { D: new Slots(2), E: new Slots(3) };
}
