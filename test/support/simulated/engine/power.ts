// The power of an engine's machine fails: nothing of it runs on, and its disk keeps what was synced, and of the rest what
// chance wants.

import type { Random } from "@troupe/actor-runtime";
import { statePath, type SimulatedEngine } from "./engine.ts";
import { unharmed } from "./invariants.ts";

/** Ends the engine and everything that it runs in the same moment; its supervisor starts it again, as a user would. */
export function cutPower(engine: SimulatedEngine, random: Random, isRecordHit = false): void {
  engine.kill("engine");
  engine.machine.disk.crash(random);
  if (isRecordHit) hitRecords(engine, random);
}

/** Turns a bit in each record, or cuts it short. */
function hitRecords({ machine }: SimulatedEngine, random: Random): void {
  unharmed(machine.disk, (disk) => {
    if (disk.stat(statePath) === undefined) return;
    const database = disk.openDatabase(statePath);
    const hit = database.all().map(({ name, value }) => [name, damaged(value, random)] as const);
    database.commit(new Map(hit));
  });
}

function damaged(value: Uint8Array, random: Random): Uint8Array {
  const at = random.integer(value.length);
  if (random.next() < 0.3) return value.slice(0, at);
  const hit = value.slice();
  hit[at] = (hit[at] ?? 0) ^ (1 << random.integer(8));
  return hit;
}
