// The loads of a run: one for each group.

import type { Ports } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { RunMeasures } from "../measures/run-measures.ts";
import { allowedAddress } from "../rules/allowed-address.ts";
import { groupKindOf } from "../rules/group-kind.ts";
import { ruledPorts } from "../rules/ruled-ports.ts";
import type { Group, GroupLoad } from "../scenario/scenario.ts";
import { startDhtLoad } from "../dht/start-dht-load.ts";
import { startTrackerLoad } from "../trackers/start-tracker-load.ts";
import type { PrepareRun } from "./generator.messages.ts";
import type { LoadParts, RunningLoad, StartLoad } from "./load.ts";
import type { MadeLoads } from "./load-generator.ts";
import { startHostileLoad } from "./loads/hostile-load.ts";
import { startPeerLoad } from "./loads/peer-load.ts";
import { type PeerSources, peerSources } from "./peer-sources.ts";

const starters: Readonly<Record<GroupLoad["kind"], StartLoad>> = {
  peers: startPeerLoad,
  hostile: startHostileLoad,
  tracker: startTrackerLoad,
  dht: startDhtLoad,
};

/**
 * Makes the loads of a run, in the order of the scenario's groups.
 *
 * @throws rejects with TroupeError: the run cannot begin.
 */
export async function makeLoads(
  ports: Ports,
  run: PrepareRun,
  measures: RunMeasures,
): Promise<MadeLoads> {
  const sources = new Map<string, PeerSources>();
  const loads: RunningLoad[] = [];
  for (const group of Object.values(run.scenario.groups)) {
    // One after the other: groups share files and ports of this thread. oxlint-disable-next-line no-await-in-loop
    const parts = await partsOf(ports, run, group, sources);
    // oxlint-disable-next-line no-await-in-loop
    loads.push(
      await starters[group.load.kind]({ ...parts, recorder: measures.recorder(group.name) }),
    );
  }
  const remarks = [...sources.values()].flatMap(({ remark }) => remark ?? []);
  return { loads, remarks };
}

async function partsOf(
  ports: Ports,
  run: PrepareRun,
  group: Group,
  sources: Map<string, PeerSources>,
): Promise<Omit<LoadParts, "recorder">> {
  const { rule, scenario, share } = run;
  const target = run.targets.find(({ name }) => name === group.target);
  if (target === undefined) throw new TypeError(`bug: no target ${group.target}`);
  const kind = groupKindOf(group);
  const refusal = target.host === "" ? undefined : allowedAddress(rule, target.host, kind);
  if (refusal !== undefined) throw new TroupeError(refusal.code, refusal.message);
  const own =
    sources.get(target.name) ??
    (await peerSources({
      ...{ ports, target, rule },
      sources: scenario.sources,
      isNamed: scenario.hasOwnSources,
    }));
  sources.set(target.name, own);
  return {
    ports: ruledPorts(ports, rule, kind),
    group,
    target,
    torrent: torrentOf(run, group.load),
    rule,
    seed: scenario.seed,
    share,
    sourceOf: own.sourceOf,
  };
}

function torrentOf({ torrents }: PrepareRun, load: GroupLoad): LoadParts["torrent"] {
  if (load.kind !== "peers" && load.kind !== "hostile") return undefined;
  return torrents.find(({ name }) => name === load.torrent);
}
