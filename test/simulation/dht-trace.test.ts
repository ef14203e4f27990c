import test from "ava";
import { runDht } from "../support/simulated/dht/run.ts";

const minute = 60_000;

test("the same seed gives the same trace of a DHT, and another seed another trace", async (t) => {
  const digestOf = async (seed: number): Promise<string> => {
    const { traceDigest } = await runDht({
      seed,
      nodes: 40,
      halfLifeMs: 5 * minute,
      joinMs: 20_000,
      lossChance: 0.05,
      torrents: 3,
      warmUpMs: minute,
      lookUps: 10,
      lookUpEveryMs: 1_000,
      newcomers: 0,
      hostile: { nodes: 8, infiltrationMs: 20_000 },
    });
    return traceDigest;
  };
  const first = await digestOf(7);
  t.is(await digestOf(7), first);
  t.not(await digestOf(8), first);
});
