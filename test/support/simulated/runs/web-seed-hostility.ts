// One web seed against the production engine in virtual time, beside an honest seeder that comes later.

import type {
  SimulatedRequest,
  SimulatedReply,
  SimulatedWorld,
} from "@troupe/actor-runtime/simulated";
import type { WebSeedStatus } from "@troupe/messages";
import { hasContent } from "../../../../packages/coordinator/src/torrent/torrent-job.ts";
import { webSeedStatus } from "../../../../packages/coordinator/src/torrent/web-seeds/web-seed-status.ts";
import type { FileRequest, HostileWebSeed } from "../../web-seeds/hostile-web-seeds.ts";
import { downloadFolder } from "../engine/engine.ts";
import { DiskView } from "../engine/invariants.ts";
import { honestSeeder } from "../swarm/peer.ts";
import { SimulatedSwarm } from "../swarm/swarm.ts";
import type { SimulatedTorrent } from "../swarm/torrent.ts";
import { stopAndLook, untilWhole } from "./download.ts";
import { calmScenario, engineHost } from "./scenario.ts";

const origin = "http://files.example";
const insideHosts = ["127.0.0.1", "10.0.0.1", "169.254.169.254"];
/** Until then the seeder is connected and gives nothing. */
const seederGivesAfterMs = 100_000;
const sampleMs = 100;

/** The outcome. */
export interface WebSeedReport {
  /** The codes of its errors in the first hundred seconds, each once. */
  readonly codes: readonly string[];
  /** After a hundred seconds. */
  readonly status: WebSeedStatus | undefined;
  /** Until then. */
  readonly requests: number;
  readonly mostAtOnce: number;
  /** Requests to hosts of our machine and our network. */
  readonly insideRequests: number;
  /** Codes of warnings. */
  readonly warnings: readonly string[];
  /** Pieces had after a hundred seconds, from the web seed alone. */
  readonly pieces: number;
  /** Pieces of the torrent. */
  readonly totalBytes: number;
  readonly violations: readonly string[];
}

/** Lets a web seed answer for a hundred seconds, then the honest seeder completes the download. */
export async function meetWebSeed(seed: HostileWebSeed): Promise<WebSeedReport> {
  const scenario = calmScenario(1);
  const swarm = new SimulatedSwarm(scenario);
  const { world, torrent } = swarm;
  const served = serve(world, torrent, seed.answer);
  const insideRequests = serveInside(world);
  const engine = await swarm.addEngine(engineHost, scenario);
  await swarm.addPeer({ ...honestSeeder, unchokeAfterMs: seederGivesAfterMs });
  const linkWebSeeds = [`${origin}/`];
  await world.settle(engine.add(torrent, "download", downloadFolder, { linkWebSeeds }));
  const codes = new Set<string>();
  const statusOf = (): WebSeedStatus | undefined => {
    const job = engine.jobOf(torrent);
    return job && webSeedStatus(job, world.scheduler.nowMs)[0];
  };
  const watch = world.scheduler.every(sampleMs, () => {
    const { code } = statusOf()?.error ?? {};
    if (code !== undefined) codes.add(code);
  });
  await world.run(seederGivesAfterMs - sampleMs);
  watch.cancel();
  const job = engine.jobOf(torrent);
  const pieces = job !== undefined && hasContent(job) ? job.content.ledger.hadCount : 0;
  const status = statusOf();
  const { requests, mostAtOnce } = served;
  await untilWhole([swarm], [engine], scenario);
  await world.settle(engine.stopTorrents());
  const violations = [
    ...(await stopAndLook(swarm, engine)),
    ...new DiskView(engine, torrent).differences(),
  ];
  const warnings = engine.events.flatMap((said) => (said.event === "warning" ? [said.code] : []));
  return {
    codes: [...codes],
    status,
    requests,
    mostAtOnce,
    insideRequests: insideRequests(),
    warnings,
    pieces,
    totalBytes: torrent.content.length,
    violations,
  };
}

function serve(world: SimulatedWorld, torrent: SimulatedTorrent, answer: HostileWebSeed["answer"]) {
  const served = { requests: 0, mostAtOnce: 0 };
  let atOnce = 0;
  world.names.set("files.example", "45.77.7.7");
  world.http.serve(`${origin}/`, async (request): Promise<SimulatedReply> => {
    served.requests++;
    served.mostAtOnce = Math.max(served.mostAtOnce, ++atOnce);
    try {
      return await answer(fileRequest(torrent, request));
    } finally {
      atOnce--;
    }
  });
  return served;
}

function fileRequest(torrent: SimulatedTorrent, request: SimulatedRequest): FileRequest {
  const path = decodeURIComponent(request.url.pathname.slice(1));
  const file = torrent.files.find((content) => content.path === path)?.bytes;
  if (file === undefined) throw new Error(`no file of the torrent: ${request.url.href}`);
  const whole = `bytes=0-${file.length - 1}`;
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers["range"] ?? whole) ?? [];
  if (first === undefined || last === undefined)
    throw new Error(`no range was asked for: ${request.headers["range"]}`);
  return { request, file, begin: Number(first), end: Number(last) + 1 };
}

function serveInside(world: SimulatedWorld): () => number {
  let requests = 0;
  for (const host of insideHosts) {
    world.http.serve(`http://${host}/`, () => {
      requests++;
      return { body: "inside" };
    });
  }
  return () => requests;
}
