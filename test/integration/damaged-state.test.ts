// State damaged at seeded places: a job is never said to have what it has not, and nothing crashes. `DAMAGES=2000`
// runs the long form.

import {
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  closeSync,
  writeSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "ava";
import { SeededRandom } from "@troupe/actor-runtime/simulated";
import { Coordinator } from "@troupe/coordinator";
import { hasBit } from "@troupe/protocol";
import { Swarm } from "../support/swarm.ts";

const damages = Number(process.env["DAMAGES"] ?? "60");
const pieceLengthBytes = 16 * 1024;
const local = { port: 0, bind: ["127.0.0.1"], host: "inline" } as const;

/** Hits one file of the state, or the data, as a broken disk or a curious user might. */
function damage(state: string, data: string, random: SeededRandom): void {
  const files = readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const path = files[random.integer(files.length)] ?? "";
  const { size } = statSync(path);
  const at = random.integer(Math.max(1, size));
  const kind = random.integer(5);
  if (kind === 0) truncateSync(path, at);
  else if (kind === 1) rmSync(path);
  else if (kind === 2) writeFileSync(path, random.bytes(random.integer(5_000)));
  else {
    const length = kind === 3 ? 1 : 1 + random.integer(600);
    const file = openSync(path, "r+");
    const hit = readFileSync(path).subarray(at, at + length);
    writeSync(
      file,
      hit.map((byte) => byte ^ (1 << random.integer(8))),
      0,
      hit.length,
      at,
    );
    closeSync(file);
  }
  if (random.next() < 0.3) {
    const file = openSync(data, "r+");
    writeSync(file, Buffer.of(random.integer(256)), 0, 1, random.integer(statSync(data).size));
    closeSync(file);
  }
}

test.serial(
  `state that is damaged at ${damages} places claims nothing that is not there`,
  async (t) => {
    t.timeout(damages * 2_000 + 60_000);
    await using swarm = await Swarm.open({ pieceLengthBytes, files: 20 * pieceLengthBytes - 77 });
    await swarm.seed({ engine: { host: "inline" } });
    const state = swarm.folder("state").path;
    const directory = swarm.folder("data").path;
    {
      await using first = await Coordinator.start({ ...local, stateDirectory: state });
      await (
        await first.add(swarm.metainfo, { directory })
      ).completed;
    }
    const [name = ""] = swarm.payload.paths;
    const right = readFileSync(join(swarm.payload.folder, name));
    const workshop = swarm.folder("workshop").path;
    for (let seed = 1; seed <= damages; seed++) {
      const random = new SeededRandom(`damage ${seed}`);
      const [hit, data] = [join(workshop, "state"), join(directory, name)];
      cpSync(state, hit, { recursive: true, preserveTimestamps: true });
      damage(hit, data, random);
      await using coordinator = await Coordinator.start({ ...local, stateDirectory: hit });
      const { torrents } = await coordinator.restore();
      const torrent =
        torrents[0] ?? (await coordinator.add(swarm.metainfo, { directory, start: false }));
      if (torrents.length === 0) torrent.start();
      t.is(torrent.infoHash, swarm.infoHash, `seed ${seed}`);
      // As the engine sees it before anything is fetched again.
      await torrent.checked;
      const { bitfield } = torrent;
      const found = existsSync(data) ? readFileSync(data) : Buffer.alloc(0);
      for (let piece = 0; piece < 20; piece++) {
        const [from, to] = [piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes];
        const isRight = right.subarray(from, to).equals(found.subarray(from, to));
        t.true(isRight || !hasBit(bitfield, piece), `seed ${seed}: piece ${piece}`);
      }
      await torrent.completed;
      await coordinator.close();
      rmSync(hit, { recursive: true });
    }
  },
);
