import type { RateHistory } from "@troupe/messages";
import type { ByteTotals } from "../totals/session-totals.ts";

/** Ten minutes, in 9.6 kB. */
const mostSeconds = 600;

const rows = {
  down: "downloadedBytes",
  up: "uploadedBytes",
  protocolDown: "protocolDownBytes",
  protocolUp: "protocolUpBytes",
} as const satisfies Record<Exclude<keyof RateHistory, "endsAt">, keyof ByteTotals>;

type Row = keyof typeof rows;

/** The rates of each of the last seconds. */
export class RateSamples {
  readonly #rates: Readonly<Record<Row, Float32Array>> = {
    down: new Float32Array(mostSeconds),
    up: new Float32Array(mostSeconds),
    protocolDown: new Float32Array(mostSeconds),
    protocolUp: new Float32Array(mostSeconds),
  };
  #last: { readonly totals: ByteTotals; readonly atMs: number } | undefined;
  #endsAt = 0;
  #count = 0;

  /**
   * Called once a second.
   *
   * @param atMs Monotonic: a late call spreads its bytes over the whole time since the last one.
   * @param epochMs Milliseconds since 1970.
   */
  sample(totals: ByteTotals, atMs: number, epochMs: number): void {
    const last = this.#last;
    this.#last = { totals, atMs };
    this.#endsAt = epochMs;
    if (last === undefined || atMs <= last.atMs) return;
    const place = this.#count % mostSeconds;
    this.#count++;
    for (const [row, total] of Object.entries(rows) as [Row, keyof ByteTotals][])
      this.#rates[row][place] = ((totals[total] - last.totals[total]) * 1_000) / (atMs - last.atMs);
  }

  read(): RateHistory {
    const inOrder = (row: Row): Float32Array => {
      const rates = this.#rates[row];
      if (this.#count <= mostSeconds) return rates.slice(0, this.#count);
      const oldest = this.#count % mostSeconds;
      return Float32Array.of(...rates.subarray(oldest), ...rates.subarray(0, oldest));
    };
    return {
      endsAt: this.#endsAt,
      down: inOrder("down"),
      up: inOrder("up"),
      protocolDown: inOrder("protocolDown"),
      protocolUp: inOrder("protocolUp"),
    };
  }
}
