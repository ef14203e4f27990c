// The rights of callers elsewhere: every row that such a caller may use, and none that is not listed here.

import test from "ava";
import type { CommandRow } from "../src/commands/command-row.ts";
import { commands } from "../src/commands/commands.ts";
import { engineSettings } from "../src/settings/engine-settings.ts";
import { groupSettings } from "../src/settings/group-settings.ts";
import type { SettingRows } from "../src/settings/setting-row.ts";
import { torrentSettings } from "../src/settings/torrent-settings.ts";

const rows: readonly (readonly [string, CommandRow])[] = Object.entries(commands);

function commandsOf(right: CommandRow["right"]): string {
  return rows.flatMap(([name, row]) => (row.right === right ? [name] : [])).join(" ");
}

function controlled(settings: SettingRows): string {
  const found = Object.entries(settings).filter(([, { right }]) => right === "control");
  return found.map(([name]) => name).join(" ");
}

test("questions need the right to read", (t) => {
  t.is(
    commandsOf("read"),
    "list status settings swarm why files peers tiers web-seeds pieces piece-origins piece-cache " +
      "engine-settings bans totals metrics rate-history actors ports free-space ip-filter",
  );
});

test("controls need the right to control", (t) => {
  t.is(
    commandsOf("control"),
    "add remove start pause stop set move rename hashcheck queue set-priorities set-deadlines add-peer " +
      "disconnect-peer announce scrape metainfo set-engine ban lift-ban update-ip-filter",
  );
});

test("the other commands are local", (t) => {
  t.is(commandsOf(undefined), "set-ip-filter tracker-list set-tracker-list restore adopt close");
});

test("these settings of a torrent need the right to control, and the others are local", (t) => {
  t.is(
    controlled(torrentSettings),
    "trackers trackerTiers useTrackers announce webSeeds torrentWebSeeds maxPeers sequential firstLastPieces fromPiece " +
      "incompleteDirectory moveTo checkAtCompletion executables symlinks exclude portableNames layout partSuffix renames seedOnly upload " +
      "seedChoker superSeed goals.ratio goals.seedSeconds goals.idleSeconds goals.until goals.action " +
      "limits.down limits.up limits.peerDown limits.peerUp stopAt forced bandwidthPriority labels group",
  );
});

test("these settings of an engine need the right to control, and the others are local", (t) => {
  t.is(
    controlled(engineSettings),
    "directory peerExchange defaultTrackers maxPeers incompleteDirectory moveTo checkAtCompletion executables symlinks exclude layout partSuffix maxConnections " +
      "maxDials encryption transport mixedMode announcePort limits.down limits.up limits.peerDown limits.peerUp limits.localNetworks " +
      "limits.protocol limits.schedule goals.ratio goals.seedSeconds goals.idleSeconds goals.until goals.action groups " +
      "maxActiveDownloads maxActiveSeeds startAdded",
  );
});

test("a caller that may set groups may set all settings of a group", (t) => {
  t.is(controlled(groupSettings), Object.keys(groupSettings).join(" "));
});
