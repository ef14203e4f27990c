// The machine and the versions, for the page.

import { cpus, release, totalmem, type as systemName } from "node:os";
import { runProcess } from "../../test/support/programs/process.ts";
import { clientNames, clientVersion } from "./clients.ts";
import type { Contestant } from "./row.ts";

/** @returns `2 cores of AMD EPYC, 23 GiB, Linux 6.1.0, Node 26.10.0`. */
export function machineName(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? "an unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cores.length} cores of ${model}, ${memory} GiB, ${systemName()} ${release()}, Node ${process.versions.node}`;
}

/** The versions of the contestants that this machine has; the others, each with a sentence that says what is missing. */
export interface Versions {
  readonly installed: Map<Contestant, string>;
  readonly missing: ReadonlyMap<Contestant, string>;
}

/** Asks every client for its version. */
export async function findVersions(): Promise<Versions> {
  const installed = new Map<Contestant, string>();
  const missing = new Map<Contestant, string>();
  for (const name of clientNames) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      installed.set(name, await clientVersion(name));
    } catch (error) {
      missing.set(name, `${name} is not installed: ${(error as Error).message}.`);
    }
  }
  const own = `${installed.get("ours") ?? "troupe"}${await commit()}`;
  installed.set("ours", own);
  for (const name of ["cold", "killed"] as const) installed.set(name, own);
  for (const name of ["node", "floor"] as const) installed.set(name, "");
  try {
    const [line = ""] = await runProcess(["openssl", "version"], { debianPackage: "openssl" });
    installed.set("openssl", line.split(" ").slice(0, 2).join(" "));
  } catch (error) {
    missing.set("openssl", `${(error as Error).message}.`);
  }
  return { installed, missing };
}

/** The commit of the repository, if there is one. */
async function commit(): Promise<string> {
  try {
    const [hash = ""] = await runProcess(["git", "rev-parse", "--short", "HEAD"], {
      folder: import.meta.dirname,
    });
    return ` (${hash})`;
  } catch {
    return "";
  }
}
