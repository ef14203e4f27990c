import { describeTree } from "@troupe/actor-runtime";
import test from "ava";
import { threadServices } from "../../src/engine/start/thread-services.ts";
import { engineTree } from "../../src/supervision/supervision-tree.ts";

function unused(): never {
  throw new Error("nothing is started here");
}

for (const peerWorkers of [1, 4]) {
  test(`each peer-worker adds ten restarts a minute before all are started anew, peer-workers: ${peerWorkers}`, (t) => {
    const picture = describeTree(
      engineTree({
        services: threadServices,
        peerWorkers,
        peerOptions: unused,
        fileWorkers: [],
        recordsOptions: undefined,
        areRecordsInCall: unused,
        dht: undefined,
        openHashPool: unused,
        openCheckPool: unused,
      }),
    );
    t.regex(picture, new RegExp(`peers +one-for-one, ${10 * peerWorkers} restarts in 60000 ms`));
  });
}
