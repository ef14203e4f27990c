import type { MessageOf } from "@troupe/actor-runtime";
import { changeValues } from "@troupe/control";
import type { ApiProtocol } from "@troupe/messages";
import { changeTorrent } from "../../torrent/storage/record-updates.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";
import type { Engine } from "../base/engine-state.ts";
import { engineRules, torrentRules } from "./setting-rules.ts";

/** Changes settings of the engine. */
export function changeSettings(
  engine: Engine,
  { changes }: MessageOf<ApiProtocol, "change-settings">,
): void {
  engine.settings.values = changeValues(engine.settings.values, changes);
  for (const rule of rulesFor(engineRules, changes)) rule(engine);
}

/** Changes settings of a torrent, and records them. */
export function changeTorrentSettings(
  engine: Engine,
  job: TorrentJob,
  { changes }: MessageOf<ApiProtocol, "change-torrent-settings">,
): void {
  const before = job.request.settings;
  changeTorrent(job, changes);
  for (const rule of rulesFor(torrentRules, changes)) rule(engine, job, before);
}

/** The rules of the changed settings, each once. */
function rulesFor<Rule>(rules: Readonly<Record<string, Rule>>, changes: object): Set<Rule> {
  const found = Object.keys(changes).flatMap((name) => rules[name] ?? []);
  return new Set(found);
}
