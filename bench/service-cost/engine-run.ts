// An engine that restores a state folder, with its service or without: `engine-run.ts FOLDER PORT`, PORT 0 for none. Says
// `ready` when all torrents are there, and ends when its input does.

import { once } from "node:events";
import { join } from "node:path";
import type { Coordinator } from "@troupe/coordinator";
import type { RunningService } from "@troupe/service";
import { startEngine } from "../../test/support/swarm/start-engine.ts";
import { joinedFiles } from "../support/joined-files.ts";

const [folder = "", port = "0"] = process.argv.slice(2);
const stateDirectory = join(folder, "state");
const directory = join(folder, "data");
await using coordinator = await startEngine({
  host: "threads",
  ...{ stateDirectory, directory },
  ...{ port: 0, bind: ["127.0.0.1"], workerUrls: joinedFiles },
});
await using service = port === "0" ? undefined : await serve(coordinator);
await coordinator.restore({ served: true });
service?.restored();
console.log("ready");
process.stdin.resume();
await once(process.stdin, "end");

/** An engine alone loads no code of the service. */
async function serve(served: Coordinator): Promise<RunningService> {
  const { startService } = await import("@troupe/service");
  return await startService(served, {
    ...{ stateDirectory, listen: [`127.0.0.1:${port}`], roots: [directory] },
    ...{ currentFolder: folder, localSocket: join(stateDirectory, "service/socket") },
    workerUrls: joinedFiles,
    listening: () => undefined,
    warned: (_, message) => console.error(message),
    happened: () => undefined,
  });
}
