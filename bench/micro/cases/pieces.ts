// The picker, and the extents that pieces get.

import { seededRandom } from "@troupe/actor-runtime/testing";
import { PickerSwarm } from "../../../packages/coordinator/test/support/picker-swarm.ts";
import { BuddyAllocator } from "../../../packages/peer-worker/src/memory/buddy-allocator.ts";
import { timed, type MicroCase } from "../case.ts";

const [pieces, peers, aPick, picks] = [20_000, 100, 8, 500];
const [regionBytes, unitBytes, extents, rounds] = [48 << 20, 16_384, 128, 200];

/** A pick of pieces, and an extent that is allocated and freed. */
export function pieceCases(): MicroCase[] {
  return [
    {
      part: "picker",
      operation: `${aPick} of ${pieces} pieces picked and leased, for one of ${peers} peers`,
      run: () => {
        const swarm = new PickerSwarm(pieces, peers, false);
        swarm.sort();
        return timed(picks, () => {
          for (let pick = 0; pick < picks; pick++) swarm.download(swarm.anyPeer(), aPick);
        });
      },
    },
    { part: "slots", operation: "an extent of 16 KiB to 1 MiB allocated and freed", run: slots },
  ];
}

function slots(): ReturnType<typeof timed> {
  const allocator = new BuddyAllocator(0, regionBytes, unitBytes);
  const random = seededRandom(1);
  const sizes = Array.from({ length: extents }, () => unitBytes << random.integer(5));
  const offsets = new Int32Array(extents);
  return timed(extents * rounds, () => {
    for (let round = 0; round < rounds; round++) {
      for (let index = 0; index < extents; index++) {
        offsets[index] = allocator.allocate(sizes[index] ?? unitBytes);
      }
      for (const offset of offsets) if (offset >= 0) allocator.free(offset);
    }
  });
}
