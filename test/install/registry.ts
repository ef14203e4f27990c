// A registry of our own on loopback: Verdaccio, which has our packages and takes all others from the machine's registry.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { untilIn } from "../support/clients/daemon.ts";
import { freePort } from "../support/programs/free-port.ts";
import { startProcess } from "../support/programs/process.ts";
import { run } from "./run.ts";

/** A running registry. */
export interface Registry extends AsyncDisposable {
  readonly url: string;
  /** Text of a `.npmrc` that makes it the registry. */
  readonly npmrc: string;
}

/**
 * @param tools Folder in whose `node_modules` Verdaccio is.
 * @param folder Empty; it keeps what is published there.
 * @param machineRegistry What `npm config get registry` says.
 */
export async function startRegistry(
  tools: string,
  folder: string,
  machineRegistry: string,
): Promise<Registry> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  mkdirSync(folder, { recursive: true });
  const open = { access: "$all", publish: "$all" };
  const config = {
    storage: join(folder, "storage"),
    uplinks: { machine: { url: machineRegistry } },
    packages: {
      troupe: open,
      "@troupe/*": open,
      "**": { access: "$all", proxy: "machine" },
    },
    max_body_size: "50mb",
    log: { type: "stdout", format: "pretty", level: "warn" },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const program = join(tools, "node_modules/verdaccio/bin/verdaccio");
  const listen = ["--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`];
  const child = await startProcess([process.execPath, program, ...listen], { folder });
  await untilIn(child, "Verdaccio answers", async () => (await fetch(`${url}-/ping`)).ok);
  return {
    url,
    npmrc: `registry=${url}\n//127.0.0.1:${port}/:_authToken=anyone\n`,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** Publishes a packed package. */
export async function publish(tarball: string, home: string): Promise<void> {
  await run(["npm", "publish", "--fetch-retries=0", tarball], { folder: home, home });
}
