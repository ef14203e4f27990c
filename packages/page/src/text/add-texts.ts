// Texts of the add dialogue.

import { plural } from "./plural.ts";

/** Texts of the dialogue. */
export const addTexts = {
  open: "Add",
  title: "Add torrents",
  dropHere: "Drop .torrent files here",
  chooseFiles: "Choose .torrent files",
  links: "Magnet links",
  linksHelp: "Also web addresses of .torrent files, and info-hashes. One a line.",
  take: "Take these links",
  paste: "Paste",
  pasteHidden: "Over plain http the browser does not let this button paste: use the keys for it.",
  pasteFailed: "The browser did not give what was copied.",
  nothingThere: "There is no magnet link, address or info-hash in this text.",
  items: "To be added",
  drop: (name: string) => `Leave out ${name}`,
  magnet: "Magnet link",
  address: "Web address",
  files: (count: number, shown: string, size: string) =>
    plural(count, `1 file, ${size}`, `${shown} files, ${size}`),
  chosenFiles: (chosen: string, all: string, size: string) => `${chosen} of ${all} files, ${size}`,
  showFiles: "Choose its files",
  filesOf: (name: string) => `Files of ${name}`,
  allFiles: "All",
  noFiles: "None",
  moreFiles: (shown: string) =>
    `${shown} more files are not shown: they are added, and can be left out in the details.`,
  isThere: "It is in the list already.",
  gettingMetadata: "Getting its list of files from peers …",
  choosing: "Choose its files, then start it.",
  adding: "Adding …",
  tooLong: "The file is too long for a .torrent.",
  notReadable: "The browser could not read the file.",
  metadataFailed: "It stopped before its list of files came.",
  options: "Options",
  group: "Group",
  folder: "Folder on the machine of the service",
  folderHelp: "Empty: the usual folder.",
  stopped: "Add it stopped",
  chooseFirst: "Choose the files of magnets before they start",
  submit: (count: number, shown: string) => plural(count, "Add 1 torrent", `Add ${shown} torrents`),
  added: (count: number, shown: string) =>
    plural(count, "1 torrent was added.", `${shown} torrents were added.`),
  handler: "Open magnet links with this page",
  handlerHidden:
    "Magnet links of other pages cannot open this page: the browser allows it over TLS or on this machine alone.",
};
