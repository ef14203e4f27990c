// A SIGHUP: the settings file and the certificates are read again.

import { engineSettings, liveRows } from "@troupe/control";
import { nestedSettings } from "@troupe/control/commands";
import type { CoordinatorPort, RunningService } from "../../engine-port.ts";
import type { Environment } from "../../environment.ts";
import { failureOf } from "../../failure.ts";
import { readGivenSettings, type GivenSettings } from "../../settings/given-settings.ts";
import type { ServiceLog } from "./service-log.ts";

const live = liveRows(engineSettings);

/** The parts of a service that a SIGHUP changes. */
interface Reloaded {
  readonly engine: Pick<CoordinatorPort, "set">;
  readonly service: Pick<RunningService, "reloadTls" | "remoteSettings">;
  readonly log: ServiceLog;
}

/** The places of settings, and those that come before the file. */
interface GivenPlaces {
  readonly environment: Environment;
  /** The path of `--settings`, as written. */
  readonly settingsFile: string | undefined;
  /** Keys of the settings that options name, which the file does not change. */
  readonly named: readonly string[];
}

/** Keeps the settings that are given, over readings of the file. */
export class GivenAgain {
  readonly #places: GivenPlaces;
  #given: GivenSettings;

  constructor(given: GivenSettings, places: GivenPlaces) {
    this.#given = given;
    this.#places = places;
  }

  /** The settings of the file and the environment that change while an engine runs, by their keys. */
  get live(): Readonly<Record<string, unknown>> {
    const found = [...this.#given.values].filter(([key]) => isLive(key));
    return Object.fromEntries(found.map(([key, { value }]) => [key, value]));
  }

  /** Keys of the settings that the environment or an option sets. */
  get fixed(): readonly string[] {
    const variables = [...this.#given.values.values()].filter(
      ({ by }) => by.from === "environment",
    );
    return [...this.#places.named, ...variables.map(({ setting }) => setting.key)];
  }

  /** Reads again. An error changes nothing, and is reported. Never rejects. */
  async reload(parts: Reloaded): Promise<void> {
    const { environment, settingsFile } = this.#places;
    try {
      const given = await readGivenSettings(settingsFile, environment);
      await parts.service.reloadTls();
      this.#apply(given, parts);
    } catch (error) {
      const { sentence, code } = failureOf(error);
      parts.log.warn(`nothing was changed: ${sentence} [${code}]`);
    }
  }

  #apply(given: GivenSettings, { engine, log, service }: Reloaded): void {
    const { named } = this.#places;
    const changed = changedKeys(this.#given, given).filter((key) => !named.includes(key));
    const remote = changed.filter((key) => service.remoteSettings.includes(key));
    const now = changed.filter((key) => isLive(key) && !remote.includes(key));
    const later = changed.filter((key) => !isLive(key));
    const changes = now.map((key) => [key, given.values.get(key)?.value ?? null] as const);
    engine.set(nestedSettings(Object.fromEntries(changes)));
    this.#given = given;
    log.note(`the settings file was read again: ${now.join(", ") || "nothing"} changed`);
    if (remote.length > 0) log.note(`a remote has set: ${remote.join(", ")}`);
    if (later.length > 0) log.warn(`a restart is needed for: ${later.join(", ")}`);
  }
}

function isLive(key: string): boolean {
  return Object.hasOwn(live, key);
}

function changedKeys(before: GivenSettings, after: GivenSettings): string[] {
  const keys = new Set([...before.values.keys(), ...after.values.keys()]);
  const text = (given: GivenSettings, key: string): string =>
    JSON.stringify(given.values.get(key)?.value ?? null);
  return [...keys].filter((key) => text(before, key) !== text(after, key));
}
