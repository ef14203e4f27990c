// The method torrent_set.

import { torrentSettings, type TorrentSettings } from "@troupe/control";
import { nestedSettings } from "@troupe/control/commands";
import type { TorrentRow } from "../../view/torrent-row.ts";
import { trackersInForce } from "../../view/trackers-in-force.ts";
import type { RpcCall, RpcMethod } from "../call.ts";
import type { Values } from "../values.ts";
import { argumentErrors } from "../constants.ts";
import { defaults } from "../defaults.ts";
import { chosenPriorities, isChoosing, wrongIndex, type FileChoices } from "../file-priorities.ts";
import { flatSettings } from "../flat-settings.ts";
import { limitChange } from "../limit-change.ts";
import type { Parameters } from "../parameters.ts";
import { RpcError } from "../rpc-error.ts";
import { goalOf, idleLimit, ratioLimit } from "../seed-limits.ts";
import { selectTorrents } from "../torrent-selection.ts";
import { rateOf, speedOf } from "../units.ts";
import { unlessGone } from "./torrent-actions.ts";
import { moveTorrents, requireAbsolute } from "./torrent-paths.ts";
import { fileChoices, orderSettings, plainSettings } from "./torrent-settings.ts";
import { trackerTiers } from "./tracker-changes.ts";

/** The changes that a call asks of each of its torrents. */
interface Wishes {
  readonly parameters: Parameters;
  readonly common: Values;
  readonly files: FileChoices;
  readonly queuePosition: number | undefined;
  readonly directory: string | undefined;
}

/** The method. */
export const torrentSet: RpcMethod = {
  hasEffects: true,
  answer: async (call) => {
    const wishes = wishesOf(call.parameters);
    const { rows } = await selectTorrents(call);
    for (const { torrent } of rows) {
      // Trackers and limits change from what they are: calls about a torrent wait for each other.
      const set = call.memory.turns.take(torrent, async () => await setNow(call, torrent, wishes));
      await unlessGone(set);
    }
    return {};
  },
};

async function setNow(call: RpcCall, torrent: string, wishes: Wishes): Promise<void> {
  const row = (await call.calls.view()).row(torrent);
  if (row !== undefined) await setTorrent(call, row, wishes);
}

/** @throws RpcError, TroupeError for a wrong parameter, before anything has changed. */
function wishesOf(parameters: Parameters): Wishes {
  if (parameters.flag("honors_session_limits") === false) {
    const { text } = argumentErrors["torrent_set honors_session_limits"];
    throw new RpcError("system", { text });
  }
  const group = parameters.text("group");
  const location = parameters.text("location");
  return {
    parameters,
    common: { ...plainSettings(parameters), ...(group !== undefined && { group: group || null }) },
    files: fileChoices(parameters),
    queuePosition: parameters.whole("queue_position"),
    directory: location && requireAbsolute(location, "new location path"),
  };
}

async function setTorrent(call: RpcCall, row: TorrentRow, wishes: Wishes): Promise<void> {
  const { calls } = call;
  const { torrent } = row;
  const { common, directory, files, parameters, queuePosition } = wishes;
  const changes = { ...common, ...ownChanges(row, parameters) };
  const priorities = isChoosing(files) ? await prioritiesAfter(call, row, files) : undefined;
  if (Object.keys(changes).length > 0)
    await calls.run("set", { torrent, ...nestedSettings(changes) });
  if (priorities !== undefined) await calls.run("set-priorities", { torrent, priorities });
  if (queuePosition !== undefined) await calls.run("queue", { torrent, position: queuePosition });
  if (directory !== undefined) await moveTorrents(call, [torrent], directory);
}

/** Changes that depend on the settings and the trackers that a torrent has. */
function ownChanges(row: TorrentRow, parameters: Parameters): Values {
  const own: TorrentSettings = flatSettings(torrentSettings, row.settings);
  const tiers = trackerTiers(trackersInForce(row), parameters);
  return {
    ...orderSettings(parameters, own),
    ...speedChange(parameters, own, "download", "limits.down"),
    ...speedChange(parameters, own, "upload", "limits.up"),
    ...seedChanges(parameters, own),
    ...(tiers !== undefined && { trackerTiers: tiers }),
  };
}

function speedChange(
  parameters: Parameters,
  own: TorrentSettings,
  direction: "download" | "upload",
  setting: "limits.down" | "limits.up",
): Values {
  const limit = own[setting] ?? 0;
  const speed = limitChange(
    {
      isOn: parameters.flag(`${direction}_limited`),
      value: parameters.whole(`${direction}_limit`),
    },
    limit === 0 ? undefined : speedOf(limit),
    defaults.speed,
  );
  if (speed === undefined) return {};
  return { [setting]: speed === "off" ? 0 : rateOf(speed) };
}

function seedChanges(parameters: Parameters, own: TorrentSettings): Values {
  const ratio = goalOf(
    ratioLimit,
    { mode: parameters.whole("seed_ratio_mode"), limit: parameters.figure("seed_ratio_limit") },
    own,
    defaults.seedRatio,
  );
  const idle = goalOf(
    idleLimit,
    { mode: parameters.whole("seed_idle_mode"), limit: parameters.whole("seed_idle_limit") },
    own,
    defaults.idleMinutes,
  );
  return {
    ...(ratio !== undefined && { [ratioLimit.setting]: ratio }),
    ...(idle !== undefined && { [idleLimit.setting]: idle }),
    // A torrent that had no goals at all has some again.
    ...((ratio ?? idle) !== undefined &&
      own["goals.action"] === "none" && { "goals.action": null }),
  };
}

/** @throws RpcError for a file that the torrent does not have. */
async function prioritiesAfter(
  { calls }: RpcCall,
  { torrent }: TorrentRow,
  choices: FileChoices,
): Promise<readonly { readonly file: number; readonly priority: number }[] | undefined> {
  const files = await calls.ask("files", torrent);
  if (wrongIndex(choices, files.length) !== undefined) throw new RpcError("file-index");
  const before = files.map(({ priority }) => priority);
  const changed = chosenPriorities(before, choices).flatMap((priority, file) =>
    priority === before[file] ? [] : [{ file, priority }],
  );
  return changed.length === 0 ? undefined : changed;
}
