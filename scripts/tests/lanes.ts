// Places for the processes of a run: so many of each lane run at once.

/** The lanes whose processes run beside each other. */
export type SharedLane = "D" | "E";

/** Most processes at a time. */
export interface LaneBounds extends Readonly<Record<SharedLane, number>> {
  readonly all: number;
}

/** Two cores. Two engines' files wait for half of their time; lane D takes what they leave (run-process.ts). */
const usual: LaneBounds = { all: 3, D: 2, E: 2 };

/** Work that has no place yet. */
interface Waiting {
  readonly seconds: number;
  readonly begin: () => void;
}

/**
 * Work of the lanes, which waits for its place: the longest begins first, so that all end at about the same time. Lane E goes
 * first: no core shortens its waits.
 */
export class Lanes {
  readonly #bounds: LaneBounds;
  readonly #running = { D: 0, E: 0 };
  readonly #waiting: Readonly<Record<SharedLane, Waiting[]>> = { D: [], E: [] };

  constructor(bounds: LaneBounds = usual) {
    this.#bounds = bounds;
  }

  /** Runs work as soon as there is a place for it. @param seconds About how long it takes. */
  async use<Result>(
    lane: SharedLane,
    seconds: number,
    work: () => Promise<Result>,
  ): Promise<Result> {
    await new Promise<void>((begin) => {
      const waiting = this.#waiting[lane];
      const place = waiting.findIndex((other) => other.seconds < seconds);
      waiting.splice(place === -1 ? waiting.length : place, 0, { seconds, begin });
      // All that is asked for at once is in order before the first begins.
      queueMicrotask(() => this.#begin());
    });
    try {
      return await work();
    } finally {
      this.#running[lane]--;
      this.#begin();
    }
  }

  #begin(): void {
    for (const lane of ["E", "D"] as const) {
      while (this.#hasPlace(lane)) {
        const next = this.#waiting[lane].shift();
        if (next === undefined) break;
        this.#running[lane]++;
        next.begin();
      }
    }
  }

  #hasPlace(lane: SharedLane): boolean {
    const { D, E } = this.#running;
    return D + E < this.#bounds.all && this.#running[lane] < this.#bounds[lane];
  }
}
