// Texts of the list of torrents, its filters and its acts.

import { plural } from "./plural.ts";

/** Texts of the list. Figures come as texts that are written already, beside their number where it decides the form. */
export const listTexts = {
  title: "Torrents",
  search: "Search by name",
  filters: "Filters",
  moreFilters: "Group, label, tracker",
  all: "All",
  anyValue: { group: "All groups", label: "All labels", tracker: "All trackers" },
  noValue: { group: "Without a group", label: "Without labels", tracker: "Without trackers" },
  facets: { group: "Group", label: "Label", tracker: "Tracker" },
  withCount: (name: string, count: string) => `${name} (${count})`,
  columns: {
    name: "Name",
    progress: "Progress",
    state: "State",
    down: "Down",
    up: "Up",
    peers: "Peers",
    eta: "Time left",
    ratio: "Ratio",
    size: "Size",
    added: "Added",
    queue: "Queue",
  },
  chosenColumn: "Selected",
  choose: (name: string) => `Select ${name}`,
  orderBy: "Order by",
  reverse: "Reverse the order",
  statuses: {
    downloading: "Downloading",
    seeding: "Seeding",
    metadata: "Getting metadata",
    checking: "Checking",
    queued: "Queued",
    paused: "Paused",
    stopped: "Stopped",
    error: "Error",
  },
  from: (count: number, peers: string, all: string) =>
    plural(count, "from its one peer", `from ${peers} of ${all} peers`),
  to: (count: number, peers: string, all: string) =>
    plural(count, "to its one peer", `to ${peers} of ${all} peers`),
  noneSends: (count: number, peers: string) =>
    plural(count, "its one peer sends nothing yet", `none of ${peers} peers sends yet`),
  noneTakes: (count: number, peers: string) =>
    plural(count, "its one peer wants nothing now", `none of ${peers} peers wants data now`),
  lookingForPeers: "looking for peers",
  waitingForPeers: "no peer is connected",
  opening: "opening its files",
  hashing: "hashing its files",
  ending: "closing connections",
  place: (place: string) => `place ${place} in the queue`,
  whole: "complete",
  partial: "not complete",
  keepsConnections: "keeps its connections",
  sizeOf: (have: string, size: string) => `${have} of ${size}`,
  sizeUnknown: "size not known yet",
  peersOf: (peers: string, swarm: string) => `${peers} of ${swarm}`,
  none: "–",
  count: (count: number, shown: string) => plural(count, "1 torrent", `${shown} torrents`),
  chosen: (shown: string, all: string) => `${shown} of ${all} selected`,
  empty: "There are no torrents yet.",
  emptyHelp: "Drop .torrent files here, paste a magnet link, or use the button above.",
  emptyRead: "Torrents that are added will be listed here.",
  nothingFound: "No torrent passes the filters.",
  clearFilters: "Clear the filters",
  gridHelp:
    "Arrow keys move, space selects, shift and arrow keys select several, Enter opens the details.",
};

/** Texts of acts on torrents. */
export const actTexts = {
  acts: "Selected torrents",
  start: "Start",
  stop: "Stop",
  check: "Check data",
  change: "Change …",
  remove: "Remove …",
  top: "To the top of the queue",
  up: "Up in the queue",
  down: "Down in the queue",
  bottom: "To the bottom of the queue",
  clear: "Clear the selection",
  started: (count: number, shown: string) =>
    plural(count, "The torrent starts.", `${shown} torrents start.`),
  stopped: (count: number, shown: string) =>
    plural(count, "The torrent stops.", `${shown} torrents stop.`),
  checked: (count: number, shown: string) =>
    plural(count, "The data is checked.", `The data of ${shown} torrents is checked.`),
  moved: "The queue has changed.",
  changed: (count: number, shown: string) =>
    plural(count, "The torrent is changed.", `${shown} torrents are changed.`),
  removed: (count: number, shown: string) =>
    plural(count, "The torrent is removed.", `${shown} torrents are removed.`),
  someFailed: (count: number, shown: string, sentence: string) =>
    plural(count, `It failed: ${sentence}`, `${shown} of them failed. The first: ${sentence}`),
  removeTitle: (count: number, shown: string) =>
    plural(count, "Remove this torrent?", `Remove ${shown} torrents?`),
  andMore: (shown: string) => `and ${shown} more`,
  withData: "Delete the downloaded files, too",
  withDataWarning: "The files will be deleted from the disk of the service. This cannot be undone.",
  doRemove: "Remove",
  doRemoveWithData: "Remove and delete files",
  changeTitle: (count: number, shown: string) =>
    plural(count, "Change this torrent", `Change ${shown} torrents`),
  group: "Group",
  noGroup: "Empty: no group.",
  labels: "Labels",
  labelsHelp: "Separated by commas. Empty: none.",
  downLimit: "Download limit (kB/s)",
  upLimit: "Upload limit (kB/s)",
  limitHelp: "Empty: no limit of its own.",
  mixed: "Several values; stays as it is",
  save: "Save",
  dismiss: "Dismiss",
};
