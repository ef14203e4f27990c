/** The last lines of a program's output, bounded in number and length. */
export class LastLines {
  readonly #most: number;
  readonly #longest: number;
  #lines: string[] = [];
  #rest = "";

  constructor(most: number, longest: number) {
    this.#most = most;
    this.#longest = longest;
  }

  /** @param bytes Lines end with `\n`, or with the `\r` with which programs redraw a line. */
  add(bytes: Buffer): void {
    const lines = (this.#rest + bytes.toString("latin1")).split(/[\r\n]+/);
    this.#rest = (lines.pop() ?? "").slice(0, this.#longest);
    const whole = lines.filter((line) => line !== "").map((line) => line.slice(0, this.#longest));
    this.#lines = [...this.#lines, ...whole].slice(-this.#most);
  }

  /** The lines so far, an unfinished one included. */
  take(): readonly string[] {
    return this.#rest === "" ? this.#lines : [...this.#lines, this.#rest].slice(-this.#most);
  }
}
