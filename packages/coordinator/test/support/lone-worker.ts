import type { PieceQuestion } from "../../src/torrent/pieces/orders/piece-order.ts";

/** The part of a question that matters to deadlines alone: the only peer-worker asks. */
export const loneWorker: Pick<PieceQuestion, "worker" | "rates"> = {
  worker: 0,
  rates: { rateOf: () => 0, workersWith: () => [0] },
};
