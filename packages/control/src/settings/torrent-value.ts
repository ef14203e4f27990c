import { engineSettings, type LiveEngineSettings } from "./engine-settings.ts";
import type { SettingRows, ValueInForce } from "./setting-row.ts";
import { valueInForce } from "./settings-values.ts";
import { torrentSettings, type TorrentSetting, type TorrentSettings } from "./torrent-settings.ts";

const ofEngine: SettingRows = engineSettings;

/**
 * The value in force of a setting of a torrent: its own, else that of its engine, else the default. An engine decides
 * only settings of both levels; its rate limits, for example, are other settings than those of a torrent.
 */
export function torrentValue<Name extends TorrentSetting>(
  name: Name,
  own: TorrentSettings,
  engine: LiveEngineSettings,
): ValueInForce<(typeof torrentSettings)[Name]> {
  const isShared = ofEngine[name] === torrentSettings[name];
  return valueInForce(torrentSettings, name, own, ...(isShared ? [engine] : []));
}
