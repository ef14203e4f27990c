import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  collectAfterMs,
  collectScriptCode,
  runScript,
  saveScriptCode,
} from "@troupe/actor-runtime/compiled-script";
import { isServiceCall } from "./arguments/service-calls.ts";

/** Commands whose code is kept apart. */
const uses = ["seed", "check", "match", "info", "dht", "demo", "help", "completion"];
/** The calls that steer a service run much the same code, and none of a download. */
const serviceUse = "service";

/** Runs the command as a joined script. */
export function startScript(script: URL): void {
  const [, , word = "-"] = process.argv;
  const use = useOf(word);
  setTimeout(collectScriptCode, collectAfterMs).unref();
  process.once("exit", saveScriptCode);
  runScript(fileURLToPath(script), use);
}

function useOf(word: string): string {
  if (uses.includes(word)) return word;
  if (isServiceCall(word)) return serviceUse;
  return word.startsWith("-") ? "option" : "download";
}

/**
 * Halves the start time, with threads. Call it before any large import and any thread.
 *
 * Node caches compiled code in the user's own cache folder: in a shared temporary folder others could plant code. Node
 * falls back by itself if the folder is not writable or the user set NODE_COMPILE_CACHE. Threads inherit the
 * environment.
 */
export function startQuickly(): void {
  try {
    process.env["NODE_COMPILE_CACHE"] ??= join(cacheFolder(), "troupe", "compiled");
    enableCompileCache(process.env["NODE_COMPILE_CACHE"]);
  } catch {
    // Without a home folder every run compiles again.
  }
}

function cacheFolder(): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (process.platform === "win32") return LOCALAPPDATA || join(homedir(), "AppData", "Local");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  return XDG_CACHE_HOME || join(homedir(), ".cache");
}
