import { readFileSync } from "node:fs";
import { describeTree } from "@troupe/actor-runtime";
import test from "ava";
import { mostFileWorkers } from "../../packages/coordinator/src/engine/base/disk-handles.ts";
import {
  engineTree,
  rootTree,
} from "../../packages/coordinator/src/supervision/supervision-tree.ts";
import { dhtWorkerEntry } from "@troupe/dht-worker/entry";
import { dhtTree } from "../../packages/dht-worker/src/api/dht-tree.ts";
import { fileMakerTree } from "../../packages/file-worker/src/ahead/file-maker-tree.ts";
import { generatorEntry } from "../../packages/load-tester/src/generator/entry.ts";
import { generatorTree } from "../../packages/load-tester/src/generator/generator-tree.ts";
import { engineEntry } from "../../packages/coordinator/src/engine/engine-entry.ts";
import { threadServices } from "../../packages/coordinator/src/engine/start/thread-services.ts";

const architecture = readFileSync(new URL("../../ARCHITECTURE.md", import.meta.url), "utf8");

function unused(): never {
  throw new Error("nothing is started here");
}

test("ARCHITECTURE.md shows the supervision tree as it is", (t) => {
  const root = describeTree(rootTree(engineEntry, unused));
  const engine = describeTree(
    engineTree({
      services: threadServices,
      peerWorkers: 1,
      peerOptions: unused,
      fileWorkers: Array.from({ length: mostFileWorkers }, (_, index) => ({
        isWanted: index === 0,
        options: unused,
        isInCall: unused,
      })),
      recordsOptions: unused,
      areRecordsInCall: unused,
      dht: { options: unused, figures: unused },
      openHashPool: unused,
      openCheckPool: unused,
    }),
  );
  const alone = describeTree(dhtTree(dhtWorkerEntry, unused));
  const load = describeTree(generatorTree(generatorEntry, 2, unused));
  for (const picture of [root, engine, describeTree(fileMakerTree()), alone, load]) {
    t.true(architecture.includes(picture.trimEnd()), `not in ARCHITECTURE.md:\n${picture}`);
  }
});
