// An engine with its service downloads a torrent again and again for some seconds, while its HTTP thread is ended each second
// (`kills`), hung each five seconds (`hangs`), or left alone (`none`): `served-run.ts FOLDER TORRENT PORT PLAN SECONDS`. Prints
// `listening` once, and at the end a line of JSON.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { endActor, hangActor } from "@troupe/coordinator/testing";
import { startService } from "@troupe/service";
import { startEngine } from "../../test/support/swarm/start-engine.ts";
import { joinedFiles } from "../support/joined-files.ts";

const [folder = "", torrentPath = "", port = "", plan = "none", seconds = "30"] =
  process.argv.slice(2);
const stateDirectory = join(folder, "state");
const directory = join(folder, "data");
await using coordinator = await startEngine({
  host: "threads",
  ...{ stateDirectory, directory },
  ...{ port: 0, bind: ["127.0.0.1"], workerUrls: joinedFiles },
});
let blowAtMs: number | undefined;
const downMs: number[] = [];
await using service = await startService(coordinator, {
  ...{ stateDirectory, listen: [`127.0.0.1:${port}`], roots: [directory], auth: false },
  ...{ currentFolder: folder, localSocket: join(stateDirectory, "service/socket") },
  workerUrls: joinedFiles,
  listening: () => {
    if (blowAtMs !== undefined) downMs.push(performance.now() - blowAtMs);
    blowAtMs = undefined;
  },
  warned: () => undefined,
  happened: () => undefined,
});
service.restored();
console.log("listening");

let copies = 0;
let downloadSeconds = 0;
const torrentFile = readFileSync(torrentPath);
const blow = plan === "kills" ? endActor : hangActor;
const blows = plan === "none" ? undefined : setInterval(strike, plan === "kills" ? 1_000 : 5_000);
const endMs = performance.now() + Number(seconds) * 1_000;
while (performance.now() < endMs) {
  const begunMs = performance.now();
  const torrent = await coordinator.add(torrentFile);
  await torrent.completed;
  downloadSeconds += (performance.now() - begunMs) / 1_000;
  copies++;
  await torrent.remove({ data: true });
}
clearInterval(blows);
console.log(JSON.stringify({ copies, downloadSeconds, downMs }));

/** A thread that is down is left alone. */
function strike(): void {
  if (blowAtMs !== undefined) return;
  blowAtMs = performance.now();
  blow(coordinator, "http");
}
