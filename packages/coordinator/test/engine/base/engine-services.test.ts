import test from "ava";
import type { EngineOptions } from "@troupe/messages";
import { mostSealedPieces } from "../../../src/engine/base/engine-services.ts";

test("the pieces of a worker that died and those of its successor can all wait to be hashed", (t) => {
  const memoryBytes = 1 << 20;
  const perWorker = memoryBytes / 16_384;
  t.true(mostSealedPieces({ memoryBytes } as EngineOptions) >= 2 * perWorker);
});
