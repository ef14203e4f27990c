import type { DhtService } from "./dht-service.ts";

/** The counts of the DHT node for the supervision tree. */
export function dhtFigures({
  counts,
}: Pick<DhtService, "counts">): Readonly<Record<string, number>> {
  if (counts === undefined) return {};
  const { rounds, ...figures } = counts;
  return { ...figures, roundSeconds: Math.round(rounds.allMs / 1_000) };
}
