import test from "ava";
import type { EngineOptions } from "@troupe/messages";
import { mostSealedPieces } from "../../../src/engine/base/engine-services.ts";

test("the hash queue has room for the pieces of a crashed worker and of its successor", (t) => {
  const memoryBytes = 1 << 20;
  const perWorker = memoryBytes / 16_384;
  t.true(mostSealedPieces({ memoryBytes } as EngineOptions) >= 2 * perWorker);
});
