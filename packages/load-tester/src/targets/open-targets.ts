import type { PeerTransport } from "@troupe/load-peers";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { TroupeError } from "@troupe/control";
import type { TargetFacts } from "../results/result.ts";
import { allowedAddress } from "../rules/allowed-address.ts";
import { farGroupsRefusal } from "../rules/far-groups.ts";
import { groupKindOf } from "../rules/group-kind.ts";
import { ruledPorts } from "../rules/ruled-ports.ts";
import type {
  Group,
  GroupLoad,
  Scenario,
  StartedTarget,
  TargetSpec,
} from "../scenario/scenario.ts";
import { trackerInfoHashes } from "../trackers/clients/tracker-swarms.ts";
import type { KnownTorrent } from "./payload.ts";
import { isLocalAddress } from "./processes/local-address.ts";
import { findListener } from "./processes/listening-process.ts";
import { ProcessMeter } from "./processes/process-meter.ts";
import { OpenTargetList, type OpenTarget } from "./open-target-list.ts";
import { reachTarget } from "./running-target.ts";
import { startTarget, type StartParts } from "./started-target.ts";
import type { OpenTargets, TargetOptions } from "./targets.ts";

/** {@link OpenTargets}. */
export const openTargets: OpenTargets = async (scenario, options) => {
  await using stack = new AsyncDisposableStack();
  const opening = new Opening(scenario, options, stack);
  const entries = Object.entries(scenario.targets);
  // Trackers first: clients announce to them.
  const [trackers, others] = [true, false].map((isTracker) =>
    entries.filter(([, spec]) => (spec.kind === "tracker") === isTracker),
  );
  for (const part of [trackers ?? [], others ?? []]) {
    // oxlint-disable-next-line no-await-in-loop
    await opening.openAll(part);
  }
  opening.checkTogether();
  return new OpenTargetList(opening.inOrder(), options, stack.move());
};

/** The targets that are open so far. */
class Opening {
  readonly #scenario: Scenario;
  readonly #options: TargetOptions;
  readonly #stack: AsyncDisposableStack;
  readonly #torrents: ReadonlyMap<string, KnownTorrent>;
  readonly #open = new Map<string, OpenTarget>();

  constructor(scenario: Scenario, options: TargetOptions, stack: AsyncDisposableStack) {
    this.#scenario = scenario;
    this.#options = options;
    this.#stack = stack;
    this.#torrents = new Map(
      options.torrents.map((ready) => [
        ready.name,
        { ready, metainfo: parseTorrent(ready.metainfo) },
      ]),
    );
  }

  /** At once; the first failure is thrown when all have settled. */
  async openAll(entries: readonly (readonly [string, TargetSpec])[]): Promise<void> {
    const opened = await Promise.allSettled(entries.map(([name, spec]) => this.#one(name, spec)));
    const failed = opened.find((each) => each.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /** @throws TroupeError `hostile-not-allowed` */
  checkTogether(): void {
    const targets = this.inOrder().map(({ ready }) => ready);
    const groups = Object.values(this.#scenario.groups);
    const refusal = farGroupsRefusal(this.#options.rule, groups, targets);
    if (refusal !== undefined) throw new TroupeError(refusal.code, refusal.message);
  }

  /** Targets in the order of the scenario. */
  inOrder(): readonly OpenTarget[] {
    return Object.keys(this.#scenario.targets).flatMap((name) => this.#open.get(name) ?? []);
  }

  async #one(name: string, spec: TargetSpec): Promise<void> {
    const open =
      spec.from === "start" ? await this.#start(name, spec) : await this.#reach(name, spec);
    this.#open.set(name, open);
    for (const group of this.#groupsOf(name)) {
      const refusal = allowedAddress(this.#options.rule, open.ready.host, groupKindOf(group));
      if (refusal !== undefined) throw new TroupeError(refusal.code, refusal.message);
    }
  }

  async #start(name: string, spec: StartedTarget): Promise<OpenTarget> {
    const { ports, ownCommand, signal } = this.#options;
    const parts: StartParts = {
      ports: ruledPorts(ports, this.#options.rule),
      name,
      spec,
      torrent: this.#torrents.get(spec.torrent ?? ""),
      transports: this.#transportsOf(name),
      trackerUrl: this.#trackerUrlOf(name, spec),
      infoHashes: this.#infoHashesOf(name),
      ownCommand,
      signal,
    };
    const program = this.#stack.use(await startTarget(parts));
    const pid = await program.process.pid;
    return { ...program, meter: pid === 0 ? undefined : new ProcessMeter(pid) };
  }

  async #reach(name: string, spec: TargetSpec & { from: "address" }): Promise<OpenTarget> {
    const ports = ruledPorts(this.#options.ports, this.#options.rule);
    const transports = this.#transportsOf(name);
    const load = { torrent: this.#torrentAskedOf(name), transports };
    const { ready, client } = await reachTarget(ports, name, spec, load);
    const isLocal = await isLocalAddress(ports, ready.host);
    const isUdp =
      spec.kind === "dht" || ready.url?.startsWith("udp:") === true || transports[0] === "utp";
    const pid = isLocal ? findListener(isUdp ? "udp" : "tcp", ready.port) : undefined;
    const facts: TargetFacts = {
      name,
      address: spec.address,
      client,
      settings: [],
      remarks: isLocal && pid === undefined ? [unknownProcess] : [],
      isLocal,
      baseRssBytes: undefined,
    };
    return {
      ready,
      facts,
      process: undefined,
      meter: pid === undefined ? undefined : new ProcessMeter(pid),
    };
  }

  /** A started program applies no rule to the peers that its tracker names, so the tracker must be near. */
  #trackerUrlOf(name: string, { tracker = "" }: StartedTarget): string | undefined {
    const open = this.#open.get(tracker);
    if (open === undefined) return undefined;
    const near = { ...this.#options.rule, allowed: [], allowHostile: true };
    const { host, url } = open.ready;
    if (allowedAddress(near, host, "hostile") === undefined) return url;
    const message = `cannot start ${name}: its tracker is at ${host}, outside of loopback and private ranges, and nothing keeps a started program from the peers that a tracker names`;
    throw new TroupeError("target-not-allowed", message);
  }

  #groupsOf(target: string): readonly Group[] {
    return Object.values(this.#scenario.groups).filter((group) => group.target === target);
  }

  #torrentAskedOf(target: string): KnownTorrent | undefined {
    const loads = this.#groupsOf(target).map(({ load }) => load);
    const names = loads.flatMap((load) => ("torrent" in load ? [load.torrent] : []));
    return this.#torrents.get(names[0] ?? "");
  }

  /** Transports of the groups of a client. */
  #transportsOf(target: string): readonly [PeerTransport, ...PeerTransport[]] {
    const loads = this.#groupsOf(target).map(({ load }) => load);
    const isUtp = (load: GroupLoad): boolean => load.kind === "peers" && load.transport === "utp";
    if (!loads.some(isUtp)) return ["tcp"];
    return loads.every(isUtp) ? ["utp"] : ["tcp", "utp"];
  }

  /** Info-hashes of the groups that ask the tracker, and of all torrents: their clients may announce to it. */
  #infoHashesOf(target: string): readonly string[] {
    const drawn = this.#groupsOf(target).flatMap(({ name, load }) =>
      load.kind === "tracker" ? trackerInfoHashes(this.#scenario.seed, name, load.swarms) : [],
    );
    return [...drawn, ...[...this.#torrents.values()].map(({ metainfo }) => metainfo.infoHash)];
  }
}

const unknownProcess =
  "Its process is not known: this system does not tell, or the process belongs to another user.";
