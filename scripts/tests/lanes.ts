// Places for the processes of a run: so many of each lane run at once.

/** The lanes whose processes run beside each other. */
export type SharedLane = "D" | "E";

/** Most processes at a time. */
export interface LaneBounds extends Readonly<Record<SharedLane, number>> {
  readonly all: number;
}

/** Two cores. Engines also wait; lane D takes what they leave (run-process.ts). */
const usual: LaneBounds = { all: 4, D: 2, E: 3 };

/** Work of the lanes, which waits for its place. Lane D goes first, so that a third process of lane E begins after it. */
export class Lanes {
  readonly #bounds: LaneBounds;
  readonly #running = { D: 0, E: 0 };
  readonly #waiting: Readonly<Record<SharedLane, (() => void)[]>> = { D: [], E: [] };

  constructor(bounds: LaneBounds = usual) {
    this.#bounds = bounds;
  }

  /** Runs work as soon as there is a place for it. */
  async use<Result>(lane: SharedLane, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((resolve) => {
      this.#waiting[lane].push(resolve);
      this.#begin();
    });
    try {
      return await work();
    } finally {
      this.#running[lane]--;
      this.#begin();
    }
  }

  #begin(): void {
    for (const lane of ["D", "E"] as const) {
      while (this.#hasPlace(lane)) {
        const next = this.#waiting[lane].shift();
        if (next === undefined) break;
        this.#running[lane]++;
        next();
      }
    }
  }

  #hasPlace(lane: SharedLane): boolean {
    const { D, E } = this.#running;
    return D + E < this.#bounds.all && this.#running[lane] < this.#bounds[lane];
  }
}
