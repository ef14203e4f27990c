// Downloads over uTP between engines, by every setting.

import test from "ava";
import type { CoordinatorOptions } from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";

type Mode = NonNullable<CoordinatorOptions["transport"]>;
type Encryption = NonNullable<CoordinatorOptions["encryption"]>;

const shape = { pieceLengthBytes: 64 * 1024, files: 4 * 1024 * 1024 };
/** The transport of a connection, by the setting of the side that dials and of the one that accepts. */
const agreed: readonly (readonly [dials: Mode, accepts: Mode, transport: string])[] = [
  ["both", "both", "tcp"],
  ["both", "tcp", "tcp"],
  ["utp", "both", "utp"],
  ["utp", "utp", "utp"],
  ["tcp", "both", "tcp"],
];

async function transfer(
  dials: { readonly transport: Mode; readonly encryption?: Encryption },
  accepts: { readonly transport: Mode; readonly encryption?: Encryption },
  host: "inline" | "threads",
): Promise<{ readonly swarm: Swarm; readonly folder: string; readonly kinds: readonly string[] }> {
  const swarm = await Swarm.open(shape);
  const torrent = { useTrackers: false };
  const seeder = await swarm.seed({ engine: { host, ...accepts }, torrent });
  const { port } = seeder.coordinator;
  const { record, folder } = await swarm.join({ engine: { host, ...dials }, torrent });
  const kinds = new Set<string>();
  record.torrent.on("peer", (peer) => {
    if (peer.connected) kinds.add(`${peer.transport} ${peer.encryption}`);
  });
  record.torrent.addPeer({ host: "127.0.0.1", port });
  await record.torrent.completed;
  return { swarm, folder, kinds: [...kinds] };
}

for (const [dials, accepts, transport] of agreed) {
  test.serial(`D04: ${dials} dials ${accepts}: ${transport}`, async (t) => {
    const { swarm, folder, kinds } = await transfer(
      { transport: dials },
      { transport: accepts },
      "inline",
    );
    await using _swarm = swarm;
    await assertSameFiles(t, swarm.payload, folder);
    t.deepEqual(kinds, [`${transport} none`]);
  });
}

test.serial(
  "D04: connections over uTP are encrypted as those over TCP are, in threads",
  async (t) => {
    const sides = { transport: "utp", encryption: "require" } as const;
    const { swarm, folder, kinds } = await transfer(sides, sides, "threads");
    await using _swarm = swarm;
    await assertSameFiles(t, swarm.payload, folder);
    t.deepEqual(kinds, ["utp rc4"]);
  },
);
