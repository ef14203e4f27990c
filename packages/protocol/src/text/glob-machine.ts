import type { GlobStep } from "./glob-steps.ts";

const slash = 0x2f;
const dot = 0x2e;
/** No character: before the first one. */
const none = -1;

/** Runs the steps of a glob over texts. One object serves all files of a torrent: a text allocates nothing. */
export class GlobMachine {
  readonly #steps: readonly GlobStep[];
  /** The last entry of each step, by its number. */
  readonly #entered: Float64Array;
  readonly #waiting: Int32Array;
  #entry = 0;
  #states: Int32Array;
  #count = 0;
  #nextStates: Int32Array;
  #nextCount = 0;

  constructor(steps: readonly GlobStep[]) {
    this.#steps = steps;
    this.#entered = new Float64Array(steps.length);
    this.#states = new Int32Array(steps.length);
    this.#nextStates = new Int32Array(steps.length);
    // A step waits once for each step that leads to it.
    this.#waiting = new Int32Array(steps.reduce((sum, { to }) => sum + to.length + 1, 1));
  }

  /** Whether a text passes from the first step to the end. Each step is looked at once a character, whatever the glob is. */
  matches(text: string): boolean {
    this.#begin();
    this.#enter(0, none, text.codePointAt(0));
    this.#turn();
    let previous = none;
    for (let at = 0; at < text.length && this.#count > 0;) {
      const code = text.codePointAt(at) ?? none;
      at += code > 0xff_ff ? 2 : 1;
      const next = at < text.length ? text.codePointAt(at) : undefined;
      this.#begin();
      for (let each = 0; each < this.#count; each++) {
        const index = this.#states[each] ?? 0;
        if (this.#takes(index, code, previous)) this.#enter(index + 1, code, next);
      }
      this.#turn();
      previous = code;
    }
    return this.#states.subarray(0, this.#count).includes(this.#steps.length - 1);
  }

  #begin(): void {
    this.#entry++;
    this.#nextCount = 0;
  }

  #turn(): void {
    [this.#states, this.#nextStates] = [this.#nextStates, this.#states];
    this.#count = this.#nextCount;
  }

  /** Enters a step behind a character, and those that follow without a further one. */
  #enter(first: number, previous: number, next: number | undefined): void {
    const isPart = previous === none || previous === slash;
    this.#waiting[0] = first;
    for (let waiting = 1; waiting > 0;) {
      const index = this.#waiting[--waiting] ?? 0;
      const step = this.#steps[index];
      if (step === undefined || this.#entered[index] === this.#entry) continue;
      this.#entered[index] = this.#entry;
      switch (step.kind) {
        case "fork":
          for (const to of step.to) this.#waiting[waiting++] = to;
          break;
        case "no-dot":
          if (!isPart || next !== dot) this.#waiting[waiting++] = index + 1;
          break;
        case "begin":
          if (isPart) this.#waiting[waiting++] = index + 1;
          break;
        case "finish":
          if (next === undefined || next === slash) this.#waiting[waiting++] = index + 1;
          break;
        default:
          this.#nextStates[this.#nextCount++] = index;
      }
    }
  }

  #takes(index: number, code: number, previous: number): boolean {
    const step = this.#steps[index];
    if (step === undefined || step.kind === "end") return false;
    if (step.kind === "character") return step.code === code;
    if (code === slash || (code === dot && (previous === none || previous === slash))) return false;
    return step.kind === "any" || isIn(step, code) !== step.isNegated;
  }
}

function isIn({ ranges }: GlobStep, code: number): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last);
}
