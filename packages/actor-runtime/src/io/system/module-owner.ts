// The subject whose module runs in this thread, also in the timers, promises and messages that the module began.

import type { AsyncLocalStorage } from "node:async_hooks";
import type { ModuleOwner } from "../../actor/breadcrumb.ts";
import { systemModule } from "./system-module.ts";

/** Made at the first use: few threads load modules. */
let owners: AsyncLocalStorage<ModuleOwner> | undefined;

/** Runs code of a module. What it begins has the same owner. */
export function runOwned<Result>(owner: ModuleOwner, act: () => Result): Result {
  owners ??= new (systemModule("node:async_hooks").AsyncLocalStorage)();
  return owners.run(owner, act);
}

/** @returns The owner of the code that runs, that has thrown, or that ends the thread; undefined for our own code. */
export function presentOwner(): ModuleOwner | undefined {
  return owners?.getStore();
}
