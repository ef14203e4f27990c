// Torrents of other clients in an engine: what is hashed at their first start.

import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { importTorrents } from "@troupe/coordinator";
import {
  ClientState,
  dataSeconds,
  pieceCount,
} from "../../packages/coordinator/test/support/client-states.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { local } from "../support/swarm/closed-job.ts";
import { until } from "../support/time/until.ts";

async function bring({ stateDirectory }: ClientState, from: string): Promise<void> {
  await importTorrents(from, { stateDirectory });
}

/** Restores the imported torrent and starts it without trackers. */
async function started(stateDirectory: string) {
  const engine = await startEngine({ ...local, stateDirectory });
  const { torrents, failed } = await engine.restore();
  const [torrent] = torrents;
  if (torrent === undefined) throw failed[0]?.error ?? new Error("no torrent came back");
  torrent.set({ useTrackers: false });
  const states: string[] = [];
  const warnings: string[] = [];
  torrent.on("state", ({ state }) => states.push(state));
  torrent.on("warning", ({ code }) => warnings.push(code));
  torrent.start();
  const { failedPieces, passed } = await torrent.checked;
  return { engine, torrent, states, warnings, failedPieces, passed };
}

/** Bytes that fail any hash, with the length and time of the data: a file that is hashed would show them. */
function spoil(state: ClientState, path: string): void {
  const place = join(state.data, "album", path);
  state.writeData(path, readFileSync(place).fill(1));
}

test("L19: an imported torrent whose files have the times on record is complete without a hash", async (t) => {
  for (const client of ["transmission", "rtorrent"] as const) {
    using state = new ClientState();
    spoil(state, "a");
    spoil(state, "b");
    await bring(state, state[client]());
    const { engine, torrent, states, warnings, passed } = await started(state.stateDirectory);
    await using _ = engine;
    t.is(passed, pieceCount, client);
    t.true(torrent.isComplete);
    t.false(states.includes("checking"));
    t.deepEqual(warnings, []);
  }
});

test("L19: a bad sample of a file from qBittorrent has the whole file hashed, and the other files stay", async (t) => {
  using state = new ClientState();
  spoil(state, "a");
  await bring(state, state.qbittorrent());
  const { engine, torrent, warnings } = await started(state.stateDirectory);
  await using _ = engine;
  await until("the pieces of the spoiled file", async () => torrent.bitfield[0] === 0b11000);
  t.true(warnings.includes("files-changed"));
});

test("L19: a file that is touched after the import is hashed", async (t) => {
  using state = new ClientState();
  await bring(state, state.transmission());
  spoil(state, "b");
  const place = join(state.data, "album", "b");
  writeFileSync(place, readFileSync(place));
  utimesSync(place, dataSeconds + 100, dataSeconds + 100);
  const { engine, failedPieces } = await started(state.stateDirectory);
  await using _ = engine;
  t.deepEqual(failedPieces, [3, 4]);
});
