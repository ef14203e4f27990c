// Settings in results, which have passed the gates of their rows.

import type { LiveEngineSettings, TorrentSettings } from "@troupe/control";
import type { ServiceCalls } from "../routes/service-calls.ts";
import type { TorrentRow } from "../view/torrent-row.ts";

type FolderOf<Name> = Name extends `${infer Folder}.${string}` ? Folder : never;

type LeavesIn<Settings, Folder extends string> = {
  readonly [
    Name in keyof Settings as Name extends `${Folder}.${infer Leaf}` ? Leaf : never
  ]: Settings[Name];
};

/** Settings as options have them: those of a folder, such as `goals.ratio`, in an object of their own. */
type Nested<Settings> = {
  readonly [Name in keyof Settings as FolderOf<Name> extends never ? Name : never]: Settings[Name];
} & {
  readonly [Folder in FolderOf<keyof Settings>]?: LeavesIn<Settings, Folder>;
};

/** The set settings of a torrent. */
export type ShownTorrentSettings = Nested<TorrentSettings>;

/** The set settings of a group. */
export type ShownGroup = Readonly<Record<string, unknown>> & { readonly directory?: string };

/** The set settings of the engine. */
export type ShownEngineSettings = Omit<Nested<LiveEngineSettings>, "groups"> & {
  readonly groups?: Readonly<Record<string, ShownGroup>>;
};

/** The set settings of a torrent that a caller elsewhere may see. */
export function settingsOf({ settings }: Pick<TorrentRow, "settings">): ShownTorrentSettings {
  return settings;
}

/** The set settings of the engine that a caller elsewhere may see. */
export async function engineSettingsOf(
  calls: Pick<ServiceCalls, "run">,
): Promise<ShownEngineSettings> {
  return await calls.run<"engine-settings">("engine-settings", {});
}
