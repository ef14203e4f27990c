// The settings of the work that a service does by itself: watch folders, hooks, and acts by the clock. All are of the settings
// file alone, because they name programs, files and folders of this machine.

import { list, map, path, record, text, url, word, type ValueOf } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";
import { addedFields, folder, groupName, periodFields, weekTimes } from "./shared-gates.ts";

/** Each folder has a thread. */
const mostFolders = 16;
const mostHooks = 32;
const mostWords = 64;
const mostPauses = 100;

/** Events of torrents that hooks hear of. */
const hookEvents = ["added", "metadata", "complete", "error", "goal", "removed"] as const;

const heardEvents = list(word(...hookEvents), hookEvents.length, 1);
const hookName = text("[\\w.-]{1,64}", "a name of 1 to 64 letters, digits, ., _ and -");
const argument = text(String.raw`[^\0]{0,4096}`, "a text of 4,096 characters at most");

const watchFolder = record(
  {
    path: folder,
    after: word("rename", "keep", "move", "delete"),
    moveTo: folder,
    ...addedFields,
  },
  ["path"],
);

const hook = record(
  { program: path("file"), arguments: list(argument, mostWords), events: heardEvents },
  ["program", "events"],
);

const webhook = record({ url, keyFile: path("file"), events: heardEvents }, ["url", "events"]);

const eventsField = {
  text: `Events that are heard: ${hookEvents.map((event) => `\`${event}\``).join(", ")}.`,
};

/** Settings by their names. */
export const automationSettings = {
  watchFolders: {
    gate: list(watchFolder, mostFolders),
    default: [],
    fields: {
      path: { text: "The folder. Folders in it are not looked at." },
      after: {
        text: "The fate of a file whose torrent was added: it gets the suffix `.added` (`rename`, the default), stays and is remembered (`keep`), goes to `moveTo` (`move`), or is removed (`delete`).",
      },
      moveTo: { text: "The folder of `move`." },
      directory: {
        text: "The data folder of the torrents. By default that of their group, else the service's.",
      },
      group: { text: "The group of the torrents." },
      labels: { text: "The labels of the torrents." },
      state: { text: "The state to begin with. By default what `startAdded` says." },
    },
    text: "Folders whose files `*.torrent` and `*.magnet` (a magnet link) are added as torrents, 16 at most.",
  },
  hooks: {
    gate: map(hookName, hook, mostHooks),
    fields: {
      program: { text: "The program. No shell runs it, and `PATH` does not find it." },
      arguments: { text: "Its arguments, the same at each run." },
      events: eventsField,
    },
    text: "Programs by names of your choice, 32 at most. Each runs at the events of torrents that it hears of.",
  },
  webhooks: {
    gate: map(hookName, webhook, mostHooks),
    fields: {
      url: { text: "The http or https address, which may be on this machine or in its network." },
      keyFile: {
        text: "A file whose content, without its line end, is the key of the signature, 16 bytes at least. By default there is no signature.",
      },
      events: eventsField,
    },
    text: "Addresses by names of your choice, 32 at most. Each gets a POST at the events of torrents that it hears of.",
  },
  pauseSchedule: {
    gate: list(record({ ...weekTimes, group: groupName }, ["from", "to"]), mostPauses),
    default: [],
    fields: {
      ...periodFields,
      group: { text: "Only torrents of this group. By default all." },
    },
    text: "Parts of the week in local time in which torrents are paused. At the end of a period the torrents that it has paused start again. A torrent that its user stops, or starts in the period, stays so.",
  },
} as const satisfies SettingRows;

/** An event of a torrent that hooks hear of. */
export type HookEvent = (typeof hookEvents)[number];

/** A watch folder; paths are absolute. */
export type WatchFolderSetting = ValueOf<typeof watchFolder>;

/** A program that hears of events. The path is absolute. */
export type HookSetting = ValueOf<typeof hook>;

/** An address that hears of events. */
export type WebhookSetting = ValueOf<typeof webhook>;

/** A part of the week in which torrents are paused. */
export type PauseSetting = ValueOf<typeof automationSettings.pauseSchedule.gate>[number];
