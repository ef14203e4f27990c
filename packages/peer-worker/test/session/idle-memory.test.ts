// Memory outside of the heap: each small array costs its bytes, and as much again for its bookkeeping.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";

import { WorkerBench } from "../support/worker-bench.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("a peer without requests has memory for none", async (t) => {
  // So many that a block of Node's own buffers, which is made once, does not count.
  const peers = 800;
  const bench = await WorkerBench.start({});
  const torrent = await bench.openTorrent({ had: "#", maxPeers: peers + 1 });
  await bench.meet(torrent, "warm");
  const used = (): number => {
    collect();
    // The second collection waits for the end of the first, which frees typed arrays at its leisure.
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const before = used();
  // One after the other. oxlint-disable-next-line no-await-in-loop
  for (let id = 0; id < peers; id++) await bench.meet(torrent, `peer ${id}`);
  const bytesEach = (used() - before) / peers;
  t.true(bytesEach < 256, `${bytesEach} bytes each`);
});
