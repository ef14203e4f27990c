// The permissions of new files and folders.

import { either, text, whole } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";

/** The owner keeps the rights that the engine needs for its own files and folders. */
const fileMode = text("0?[67][0-7]{2}", 'octal digits like "0640", with 6 or 7 for the owner');
const folderMode = text(
  "[0-7]?7[0-7]{2}",
  'octal digits like "0750" or "2770", with 7 for the owner',
);
const mask = text("0?0[0-7]{2}", 'octal digits like "0027", with 0 for the owner');
const greatestGroup = 2 ** 32 - 2;

/** Rows of the engine's settings. */
export const fileAccessSettings = {
  "files.mode": {
    gate: fileMode,
    text: "The mode of new files, in octal digits: `0640`. Existing files keep their mode. By default `files.umask` decides. None of these settings exists on Windows.",
  },
  "files.folderMode": {
    gate: folderMode,
    text: "The mode of new folders: `0750`, or `2770`, by which new entries get the group of their folder. By default `files.umask` decides.",
  },
  "files.umask": {
    gate: mask,
    text: "The mode bits that new files and folders do not get, unless a setting gives their mode: `0027` gives `0640` and `0750`. By default the mask of the process.",
  },
  "files.group": {
    gate: either(whole(0, greatestGroup), text(String.raw`[^\s:,/]{1,256}`, "the name of a group")),
    type: "number | string",
    text: "The group of new files and folders: a number, or a name in /etc/group. The system lets a user give files only to the user's own groups.",
  },
} as const satisfies SettingRows;
