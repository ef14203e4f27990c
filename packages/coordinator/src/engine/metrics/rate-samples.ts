import type { RateHistory } from "@troupe/messages";
import type { MovedBytes } from "../../torrent/report/traffic.ts";

/** Ten minutes, in 12 kB. */
const mostSeconds = 600;

const rows = {
  down: "downloadedBytes",
  up: "uploadedBytes",
  protocolDown: "protocolDownBytes",
  protocolUp: "protocolUpBytes",
} as const satisfies Record<
  Exclude<keyof RateHistory, "endsAt" | "lengthsMs" | "seconds">,
  keyof MovedBytes
>;

type Row = keyof typeof rows;

/** The rates of each of the last seconds. */
export class RateSamples {
  readonly #rates: Readonly<Record<Row, Float32Array>> = {
    down: new Float32Array(mostSeconds),
    up: new Float32Array(mostSeconds),
    protocolDown: new Float32Array(mostSeconds),
    protocolUp: new Float32Array(mostSeconds),
  };
  readonly #lengthsMs = new Float32Array(mostSeconds);
  #lastMs: number;
  #endsAt = 0;
  #count = 0;

  /** @param nowMs Monotonic; the engine begins. */
  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  /**
   * Called once a second.
   *
   * @param moved Bytes since the last call.
   * @param atMs Monotonic: a late call spreads its bytes over the whole time since the last one.
   * @param epochMs Milliseconds since 1970.
   */
  sample(moved: MovedBytes, atMs: number, epochMs: number): void {
    const tookMs = atMs - this.#lastMs;
    if (tookMs <= 0) return;
    this.#lastMs = atMs;
    this.#endsAt = epochMs;
    const place = this.#count % mostSeconds;
    this.#count++;
    this.#lengthsMs[place] = tookMs;
    for (const [row, field] of Object.entries(rows) as [Row, keyof MovedBytes][])
      this.#rates[row][place] = (moved[field] * 1_000) / tookMs;
  }

  read(): RateHistory {
    const { down, protocolDown, protocolUp, up } = this.#rates;
    return {
      endsAt: this.#endsAt,
      seconds: this.#count,
      lengthsMs: this.#inOrder(this.#lengthsMs),
      down: this.#inOrder(down),
      up: this.#inOrder(up),
      protocolDown: this.#inOrder(protocolDown),
      protocolUp: this.#inOrder(protocolUp),
    };
  }

  #inOrder(figures: Float32Array): number[] {
    if (this.#count <= mostSeconds) return [...figures.subarray(0, this.#count)];
    const oldest = this.#count % mostSeconds;
    return [...figures.subarray(oldest), ...figures.subarray(0, oldest)];
  }
}
