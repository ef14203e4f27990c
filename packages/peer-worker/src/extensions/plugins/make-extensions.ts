import { type Timers, resultWithin } from "@troupe/actor-runtime";
import { longestModuleError } from "@troupe/actor-runtime/module-answers";
import { moduleLoadMs, type ExtensionModules } from "@troupe/messages";
import { errorText } from "@troupe/protocol/text";

import { ownExtensions } from "../registry.ts";
import type { ExtensionModule } from "./peer-extension.ts";
import {
  type CheckedExtension,
  ExtensionRefusal,
  checkDifferent,
  readExtension,
} from "./read-extension.ts";

const ownNames = ownExtensions.map(({ name }) => name);

/** A module whose extension cannot be used. */
export interface ModuleFailure {
  readonly url: string;
  readonly message: string;
}

interface ModuleServices {
  load(url: string): Promise<unknown>;
  readonly timers: Pick<Timers, "after">;
}

/** The default export of a module. */
interface LoadedModule {
  readonly url: string;
  readonly make: unknown;
}

/** Loads each module. */
export async function loadModules(
  services: ModuleServices,
  { urls, torrent }: ExtensionModules,
): Promise<readonly LoadedModule[] | ModuleFailure> {
  const loaded: LoadedModule[] = [];
  for (const url of urls) {
    try {
      loaded.push({ url, make: await load(services, url) });
    } catch (error) {
      return failure(
        url,
        torrent.name,
        `the module cannot be loaded: ${errorText(error, longestModuleError)}`,
      );
    }
  }
  return loaded;
}

/** A module may wait at its top level without end. */
function load(services: ModuleServices, url: string): Promise<unknown> {
  const late = () => new Error(`it took longer than ${moduleLoadMs / 1_000} s`);
  return resultWithin(services.timers, moduleLoadMs, services.load(url), late);
}

/** Calls each module. After a failure the extensions made before are closed. */
export function makeExtensions(
  loaded: readonly LoadedModule[],
  { torrent }: ExtensionModules,
): readonly CheckedExtension[] | ModuleFailure {
  const checked: CheckedExtension[] = [];
  for (const { url, make } of loaded) {
    try {
      if (typeof make !== "function")
        throw new ExtensionRefusal("the default export of the module is no function");
      checked.push(readExtension(url, (make as ExtensionModule)(torrent)));
      checkDifferent(checked, ownNames);
    } catch (error) {
      closeAll(checked);
      const isRefusal = error instanceof ExtensionRefusal;
      return failure(
        url,
        torrent.name,
        isRefusal ? error.message : `it threw ${errorText(error, longestModuleError)}`,
      );
    }
  }
  return checked;
}

function failure(url: string, name: string, reason: string): ModuleFailure {
  return { url, message: `cannot use the extension ${url} of ${name}: ${reason}` };
}

function closeAll(made: readonly CheckedExtension[]): void {
  for (const { made: extension } of made) {
    try {
      const result: unknown = extension.close?.();
      if (result instanceof Promise) result.catch(() => {});
    } catch {
      // The failure that is reported came first.
    }
  }
}
