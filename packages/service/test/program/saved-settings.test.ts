import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../../test/support/files/temporary-folder.ts";
import {
  readRemoteSettings,
  SavedSettings,
  savedSettingsPath,
} from "../../src/program/saved-settings.ts";

function emptyState(name: string) {
  const folder = temporaryFolder(name);
  mkdirSync(join(folder.path, "service"));
  return { folder, path: savedSettingsPath(join(folder.path, "service")) };
}

test("settings of remotes are read as they were saved, and null drops a setting", async (t) => {
  const { folder, path } = emptyState("saved-settings");
  using _folder = folder;
  t.deepEqual(readRemoteSettings(folder.path), { values: {} });
  const saved = new SavedSettings(path, {});
  await saved.change({ limits: { down: 5_000 }, maxPeers: 70 });
  t.deepEqual(readRemoteSettings(folder.path), { values: { "limits.down": 5_000, maxPeers: 70 } });
  t.deepEqual(await saved.change({ limits: { down: null } }), ["limits.down"]);
  t.deepEqual(readRemoteSettings(folder.path), { values: { maxPeers: 70 } });
});

test("a file that is malformed, has a wrong value, or is a folder is a warning", (t) => {
  const { folder, path } = emptyState("wrong-settings");
  using _folder = folder;
  writeFileSync(path, "{");
  t.regex(readRemoteSettings(folder.path).warning ?? "", /are malformed and left out$/);
  const settings = { maxPeers: 70, "limits.down": "x", "goals.none": 1, dht: true };
  writeFileSync(path, JSON.stringify({ version: 1, settings }));
  const { values, warning } = readRemoteSettings(folder.path);
  t.deepEqual(values, { maxPeers: 70 });
  t.regex(warning ?? "", /left out: limits\.down, goals\.none, dht$/);
  using other = temporaryFolder("folder-settings");
  mkdirSync(savedSettingsPath(join(other.path, "service")), { recursive: true });
  t.regex(readRemoteSettings(other.path).warning ?? "", /^cannot read .*EISDIR/);
});
