// Payload rates of a connection over the last two rounds.

/** Time between two rounds of a choker. */
export const roundMs = 10_000;

/** Payload of a connection so far, and its rates over about 5 s. */
export interface PayloadFigures {
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
}

interface Sample {
  readonly atMs: number;
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
}

/** The payload of the last two rounds. */
export class PayloadWindow {
  #older: Sample | undefined;
  #newer: Sample | undefined;

  /** Takes a sample, once a round. */
  sample({ downloadedBytes, uploadedBytes }: PayloadFigures, nowMs: number): void {
    this.#older = this.#newer;
    this.#newer = { atMs: nowMs, downloadedBytes, uploadedBytes };
  }

  /** The rates over one to two rounds; before the end of the first round the rates of the connection. */
  rates(
    figures: PayloadFigures,
    nowMs: number,
  ): Pick<PayloadFigures, "downBytesPerSecond" | "upBytesPerSecond"> {
    const since = this.#older ?? this.#newer;
    if (since === undefined || nowMs - since.atMs < roundMs) {
      const { downBytesPerSecond, upBytesPerSecond } = figures;
      return { downBytesPerSecond, upBytesPerSecond };
    }
    const seconds = (nowMs - since.atMs) / 1_000;
    return {
      downBytesPerSecond: (figures.downloadedBytes - since.downloadedBytes) / seconds,
      upBytesPerSecond: (figures.uploadedBytes - since.uploadedBytes) / seconds,
    };
  }
}
