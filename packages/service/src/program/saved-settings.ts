// The settings of the engine that remotes have set, kept in the state folder. They rank between the settings file and the
// environment.

import { join } from "node:path";
import { systemSentence } from "@troupe/actor-runtime";
import { changeValues, checkChanges, engineSettings, liveRows, TroupeError } from "@troupe/control";
import { replaceFile } from "./secret-files.ts";
import { parsed, readIfThere } from "./state-text.ts";

type Values = Readonly<Record<string, unknown>>;

const version = 1;
/** A longer file is not this program's. */
const longestText = 4 * 1_024 ** 2;
const rows = liveRows(engineSettings);

/** The file. @param folder `service` in the state folder. */
export function savedSettingsPath(folder: string): string {
  return join(folder, "settings.json");
}

/** The content of a file of settings. */
export interface ReadSettings {
  /** By keys such as `limits.down`. */
  readonly values: Values;
  /** A sentence about what is wrong with the file, and was left out. */
  readonly warning?: string;
}

/**
 * Reads the settings that remotes have set, for a program beside the service. Never throws: a file that cannot be read is a
 * warning.
 */
export function readRemoteSettings(stateDirectory: string): ReadSettings {
  const path = savedSettingsPath(join(stateDirectory, "service"));
  try {
    return readSavedSettings(path);
  } catch (error) {
    const { message } = error as Error;
    return { values: {}, warning: `cannot read the settings of remotes in ${path}: ${message}` };
  }
}

/** Keeps the settings that remotes set. */
export class SavedSettings {
  readonly #path: string;
  #values: Values;
  /** Changes are saved in the order of the calls. */
  #last: Promise<void> = Promise.resolve();

  constructor(path: string, values: Values) {
    this.#path = path;
    this.#values = values;
  }

  /** By keys such as `limits.down`. */
  get values(): Values {
    return this.#values;
  }

  /**
   * Saves the changes of a command `set-engine` that was carried out. `null` drops a setting.
   *
   * @param given The arguments of the command.
   * @returns Keys of the settings that were dropped.
   * @throws rejects with TroupeError `settings-not-saved`; the settings are in force until the end of the program.
   */
  async change(given: unknown): Promise<readonly string[]> {
    const changes = checkChanges(rows, given);
    this.#values = changeValues(this.#values, changes);
    const text = `${JSON.stringify({ version, settings: this.#values }, null, 1)}\n`;
    const saved = this.#last.then(() => replaceFile(this.#path, text));
    this.#last = saved.catch(() => undefined);
    await saved.catch((cause: unknown) => {
      throw notSaved(this.#path, cause);
    });
    return Object.keys(changes).filter((key) => changes[key] === null);
  }
}

/** Reads the file. Settings that no row has, or whose value is wrong, are left out. @throws a system error */
export function readSavedSettings(path: string): ReadSettings {
  const text = readIfThere(path);
  if (text === undefined) return { values: {} };
  const settings = settingsIn(text);
  if (settings === undefined)
    return { values: {}, warning: `the settings of remotes in ${path} are malformed and left out` };
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (isSound(key, value)) values[key] = value;
    else wrong.push(key);
  }
  if (wrong.length === 0) return { values };
  return {
    values,
    warning: `settings of remotes in ${path} are wrong and left out: ${wrong.join(", ")}`,
  };
}

function settingsIn(text: string): object | undefined {
  if (text.length > longestText) return undefined;
  const file = (parsed(text) ?? {}) as { readonly version?: unknown; readonly settings?: unknown };
  const { settings } = file;
  return file.version === version && typeof settings === "object" && settings !== null
    ? settings
    : undefined;
}

function isSound(key: string, value: unknown): boolean {
  const [folder = "", leaf] = key.split(".");
  try {
    checkChanges(rows, leaf === undefined ? { [key]: value } : { [folder]: { [leaf]: value } });
    return value !== null;
  } catch (error) {
    if (error instanceof TroupeError) return false;
    throw error;
  }
}

function notSaved(path: string, cause: unknown): TroupeError {
  const message = `the settings are in force until the service ends: cannot save them in ${path}: ${systemSentence(cause)}`;
  return new TroupeError("settings-not-saved", message, { cause });
}
