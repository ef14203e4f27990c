// Answers of our service beside those of transmission-daemon and of qbittorrent-nox to the same requests in equal states. Their
// keys, types and values are equal, or the difference is listed (test/support/remotes/differences.ts).

import test from "ava";
import { compareScenarios, type ComparedScenario } from "../support/remotes/compare-scenarios.ts";
import {
  qbittorrentDialect,
  transmissionDialect,
  type ComparedDialect,
} from "../support/remotes/differences.ts";
import { qbittorrentChangeScenarios } from "../support/remotes/qbittorrent-change-scenarios.ts";
import { startQbittorrentRemotes } from "../support/remotes/qbittorrent-remotes.ts";
import { qbittorrentStateScenarios } from "../support/remotes/qbittorrent-state-scenarios.ts";
import type { Scenario } from "../support/remotes/scenario.ts";
import { transmissionChangeScenarios } from "../support/remotes/transmission-change-scenarios.ts";
import { startTransmissionRemotes } from "../support/remotes/transmission-remotes.ts";
import { transmissionStateScenarios } from "../support/remotes/transmission-state-scenarios.ts";

type Results = ReadonlyMap<string, ComparedScenario | Error>;

const transmissionScenarios = [...transmissionStateScenarios, ...transmissionChangeScenarios];
const qbittorrentScenarios = [...qbittorrentStateScenarios, ...qbittorrentChangeScenarios];
let transmission: Results = new Map();
let qbittorrent: Results = new Map();

async function compareTransmission(): Promise<Results> {
  await using scene = await startTransmissionRemotes();
  return await compareScenarios(scene, transmissionScenarios, transmissionDialect);
}

async function compareQbittorrent(): Promise<Results> {
  await using scene = await startQbittorrentRemotes();
  return await compareScenarios(scene, qbittorrentScenarios, qbittorrentDialect);
}

test.before(async () => {
  [transmission, qbittorrent] = await Promise.all([compareTransmission(), compareQbittorrent()]);
});

function compares<Remote>(
  program: string,
  scenarios: readonly Scenario<Remote>[],
  results: () => Results,
): void {
  for (const { name, text } of scenarios)
    test(`${program} and our service answer equally or as listed: ${name}: ${text}`, (t) => {
      const result = results().get(name);
      if (result instanceof Error) throw result;
      t.deepEqual(result, { unlisted: [], vanished: [] });
    });
}

compares("transmission-daemon", transmissionScenarios, () => transmission);
compares("qbittorrent-nox", qbittorrentScenarios, () => qbittorrent);

/** The scenarios that a list names. */
function named({ listed }: ComparedDialect): readonly string[] {
  return [...new Set(listed.flatMap(({ scenarios }) => scenarios))];
}

test("there are 40 scenarios and more, and the lists name no other", (t) => {
  t.true(transmissionScenarios.length >= 20 && qbittorrentScenarios.length >= 20);
  const [first, second] = [transmissionScenarios, qbittorrentScenarios].map((scenarios) =>
    scenarios.map(({ name }) => name),
  );
  t.deepEqual(
    named(transmissionDialect).filter((name) => first?.includes(name) !== true),
    [],
  );
  t.deepEqual(
    named(qbittorrentDialect).filter((name) => second?.includes(name) !== true),
    [],
  );
});
