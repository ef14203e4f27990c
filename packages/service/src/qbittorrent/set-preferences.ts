// `app/setPreferences`: changes of preferences become changes of settings, all or none.

import { spelled, TroupeError } from "@troupe/control";
import { nestedSettings } from "@troupe/control/commands";
import { parseJsonBody } from "../guard/json-body.ts";
import { isRefusal } from "../guard/refusal.ts";
import { done, type Answer, type DialectCall } from "./dialect-call.ts";
import {
  encryptionModes,
  goalActions,
  preferencesOf,
  mixedModes,
  transportModes,
  type Preferences,
} from "./preferences.ts";
import { partsOf, wholeOf } from "./request-fields.ts";

/** Preferences that a client wants; their types are not checked. */
type Wanted = Readonly<Record<string, unknown>>;

/** Changes of settings by names such as `limits.down`; null ends that a setting is set. */
type Changes = Readonly<Record<string, unknown>>;

/** Preferences that one change of settings needs. */
interface PreferenceRule {
  readonly names: readonly string[];
  readonly changes: (wanted: Wanted) => Changes;
}

const minuteSeconds = 60;

const rules: readonly PreferenceRule[] = [
  limitRule("dl_limit", "limits.down"),
  limitRule("up_limit", "limits.up"),
  flagRule("limit_tcp_overhead", "limits.protocol"),
  flagRule("limit_lan_peers", "limits.localNetworks"),
  flagRule("recheck_completed_torrents", "checkAtCompletion"),
  countRule("max_connec", "maxConnections"),
  countRule("max_connec_per_torrent", "maxPeers"),
  countRule("max_active_downloads", "maxActiveDownloads"),
  countRule("max_active_uploads", "maxActiveSeeds"),
  {
    names: ["temp_path_enabled", "temp_path"],
    changes: (wanted) => {
      const path = textIn(wanted, "temp_path").trim();
      const isOn = flagIn(wanted, "temp_path_enabled") && path !== "";
      return { incompleteDirectory: isOn ? path : null };
    },
  },
  listRule("excluded_file_names_enabled", "excluded_file_names", "exclude"),
  listRule("add_trackers_enabled", "add_trackers", "defaultTrackers"),
  {
    names: ["save_path"],
    changes: (wanted) => ({ directory: textIn(wanted, "save_path").trim() }),
  },
  flagRule("pex", "peerExchange"),
  {
    names: ["encryption"],
    changes: (wanted) => ({
      encryption:
        encryptionModes[wholeIn(wanted, "encryption")] ?? refuse(wanted, "encryption", "0 to 2"),
    }),
  },
  {
    names: ["bittorrent_protocol"],
    changes: (wanted) => ({
      transport:
        transportModes[wholeIn(wanted, "bittorrent_protocol")] ??
        refuse(wanted, "bittorrent_protocol", "0 to 2"),
    }),
  },
  {
    names: ["utp_tcp_mixed_mode"],
    changes: (wanted) => ({
      mixedMode:
        mixedModes[wholeIn(wanted, "utp_tcp_mixed_mode")] ??
        refuse(wanted, "utp_tcp_mixed_mode", "0 and 1"),
    }),
  },
  {
    names: ["start_paused_enabled"],
    changes: (wanted) => ({ startAdded: !flagIn(wanted, "start_paused_enabled") }),
  },
  {
    names: ["announce_ip"],
    changes: (wanted) => ({ announceAddress: textIn(wanted, "announce_ip").trim() || null }),
  },
  {
    names: ["max_ratio_enabled", "max_ratio"],
    changes: (wanted) => ({
      "goals.ratio": flagIn(wanted, "max_ratio_enabled") ? numberIn(wanted, "max_ratio") : null,
    }),
  },
  {
    names: ["max_seeding_time_enabled", "max_seeding_time"],
    changes: (wanted) => ({
      "goals.seedSeconds": flagIn(wanted, "max_seeding_time_enabled")
        ? wholeIn(wanted, "max_seeding_time") * minuteSeconds
        : null,
    }),
  },
  {
    names: ["max_ratio_act"],
    changes: (wanted) => ({
      "goals.action":
        goalActions[wholeIn(wanted, "max_ratio_act")] ?? refuse(wanted, "max_ratio_act", "0 to 3"),
    }),
  },
];
const bannedNames = "banned_IPs";

/** Answers `app/setPreferences`. Preferences without a change are left out, and those of other versions. */
export const setPreferences: Answer = async (call) => {
  const given = jsonIn(call.fields.required("json"));
  const present = await preferencesOf(call);
  const changed = Object.entries(given)
    .filter(([name, value]) => Object.hasOwn(present, name) && !isSame(present[name], value))
    .map(([name]) => name);
  refuseConstants(changed);
  const wanted = { ...present, ...given };
  const settings = changesFor(changed, wanted);
  if (Object.keys(settings).length > 0)
    await call.calls.run("set-engine", nestedSettings(settings));
  if (changed.includes(bannedNames)) await changeBans(call, present, wanted);
  return done;
};

function changesFor(changed: readonly string[], wanted: Wanted): Changes {
  const found = rules.filter(({ names }) => names.some((name) => changed.includes(name)));
  return Object.assign({}, ...found.map(({ changes }) => changes(wanted))) as Changes;
}

async function changeBans(
  { calls }: DialectCall,
  present: Preferences,
  wanted: Wanted,
): Promise<void> {
  const [before, after] = [present, wanted].map((values) =>
    partsOf(textIn(values, bannedNames), "\n"),
  );
  const added = after?.filter((address) => before?.includes(address) === false) ?? [];
  const lifted = before?.filter((address) => after?.includes(address) === false) ?? [];
  if (added.length > 0) await calls.run("ban", { addresses: added });
  if (lifted.length > 0) await calls.run("lift-ban", { addresses: lifted });
}

/** The parameter passes the gate of bodies: a deeper value would end the thread. @throws TroupeError `parameter-wrong` */
function jsonIn(text: string): Wanted {
  const json = parseJsonBody(Buffer.from(text));
  if (isRefusal(json))
    throw new TroupeError("parameter-wrong", `the parameter json: ${json.message}`);
  const { value } = json;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new TroupeError(
    "parameter-wrong",
    `the parameter json is ${spelled(value)}; allowed is an object`,
  );
}

/** @throws TroupeError `control-missing` */
function refuseConstants(changed: readonly string[]): void {
  const known = new Set([...rules.flatMap(({ names }) => names), bannedNames]);
  const refused = changed.filter((name) => !known.has(name));
  if (refused.length === 0) return;
  const message = `cannot change ${refused.join(", ")}: the settings on the machine of the service decide`;
  throw new TroupeError("control-missing", message, { details: { preferences: refused } });
}

/** Clients write numbers and flags also as texts. */
function isSame(present: unknown, value: unknown): boolean {
  const textOf = (each: unknown) => (typeof each === "string" ? each : JSON.stringify(each));
  return textOf(present) === textOf(value);
}

function limitRule(name: string, setting: string): PreferenceRule {
  return {
    names: [name],
    changes: (wanted) => {
      const limit = wholeIn(wanted, name);
      return { [setting]: limit > 0 ? limit : null };
    },
  };
}

/** Less than 0 is no bound of one's own. */
function countRule(name: string, setting: string): PreferenceRule {
  return {
    names: [name],
    changes: (wanted) => {
      const count = wholeIn(wanted, name);
      return { [setting]: count < 0 ? null : count };
    },
  };
}

function flagRule(name: string, setting: string): PreferenceRule {
  return { names: [name], changes: (wanted) => ({ [setting]: flagIn(wanted, name) }) };
}

function listRule(enabled: string, name: string, setting: string): PreferenceRule {
  return {
    names: [enabled, name],
    changes: (wanted) => {
      const items = partsOf(textIn(wanted, name), "\n");
      return { [setting]: flagIn(wanted, enabled) && items.length > 0 ? items : null };
    },
  };
}

function textIn(wanted: Wanted, name: string): string {
  const value = wanted[name];
  return typeof value === "string" ? value : refuse(wanted, name, "a text");
}

function flagIn(wanted: Wanted, name: string): boolean {
  const value = wanted[name];
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : refuse(wanted, name, "true and false");
}

function wholeIn(wanted: Wanted, name: string): number {
  const value = wanted[name];
  const number = typeof value === "string" ? wholeOf(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  return refuse(wanted, name, "a whole number");
}

function numberIn(wanted: Wanted, name: string): number {
  const value = wanted[name];
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  return refuse(wanted, name, "a number");
}

function refuse(wanted: Wanted, name: string, allowed: string): never {
  const seen = spelled(wanted[name]);
  throw new TroupeError(
    "parameter-wrong",
    `the preference ${name} is ${seen}; allowed is ${allowed}`,
  );
}
