// Texts of the settings. The meaning of each setting comes from the service, in English.

import { plural } from "./plural.ts";

const groups: Readonly<Record<string, string>> = {
  files: "Files and folders",
  peers: "Peers and network",
  limits: "Limits",
  seeding: "Seeding",
  service: "Service",
  experts: "For experts",
};

const units: Readonly<Record<string, string>> = {
  bytes: "bytes; 64M is 64 MiB",
  "bytes/s": "bytes a second; 800k is 800 KiB/s, 0 is no limit",
  s: "seconds; 30m and 2h are minutes and hours",
  ms: "milliseconds; 2s is two seconds",
};

/** Texts of the view. */
export const settingsTexts = {
  title: "Settings",
  menu: "Settings",
  search: "Search settings",
  found: (count: number, settings: string) => plural(count, "1 setting", `${settings} settings`),
  none: "No setting has these words.",
  groups,
  units,
  allowed: (values: string) => `Allowed: ${values}`,
  usual: (value: string) => `Default: ${value}`,
  noDefault: "No default",
  isDefault: "The default holds.",
  save: "Save",
  reset: "Use the default",
  saveOf: (name: string) => `Save ${name}`,
  resetOf: (name: string) => `Use the default of ${name}`,
  saved: (name: string) => `${name} is saved.`,
  notSaved: (name: string) => `${name} is not saved.`,
  on: "On",
  off: "Off",
  unset: "Not set",
  lines: "One value a line",
  json: "As JSON",
  restartOnly: "Changes at the next start",
  localOnly:
    "Set on the machine of the service: by an option, the environment or the settings file.",
  readOnly: "Your login may look at settings, but not change them.",
};
