// The port that peers find us at. With several peer-workers each listens on the port itself (the system spreads
// connections), which would hide a port in use, so a plain bind probes it first.

import { codeOf, listenRefusal, pause, type MessageOf } from "@troupe/actor-runtime";
import { isGone } from "@troupe/api-base";
import type { PeerProtocol } from "@troupe/messages";
import type { Engine } from "../base/engine-state.ts";
import { renewPublicPort } from "../port-mapping/public-port.ts";
import type { PeerWorkerHandle } from "../base/peer-worker-handle.ts";
import { openDatagrams } from "./udp-port.ts";
import { refusalOfPorts, type RefusedPort } from "./refused-ports.ts";

const anyHosts = { 4: "0.0.0.0", 6: "::" } as const;
const retries = { deadlineMs: 5_000, pauseMs: 200, tries: 25 };

type ListenAnswer =
  | { readonly port: number }
  | { readonly refused: string; readonly message: string };

/**
 * Listens on the first candidate that every worker can listen on.
 *
 * @returns The port, 0 without peer-workers and behind a proxy; or `address-not-available` for an address that is not of this
 *   machine, or of its interface; or `port-in-use`, `port-not-allowed` or `listen-failed` when no port of the list can be used.
 */
export async function listen(engine: Engine): Promise<ListenAnswer> {
  const { ports, bind, families } = engine.options;
  if (engine.peerWorkers.length === 0) return { port: 0 };
  let hosts = bind.length > 0 ? bind : families.map((family) => anyHosts[family]);
  if (engine.network.proxyLimits !== undefined) {
    // Connections that come in would not come through the proxy.
    engine.network.hosts = hosts;
    renewPublicPort(engine);
    // A proxy that does not answer holds up no torrent.
    void openDatagrams(engine);
    return { port: 0 };
  }
  const refused: RefusedPort[] = [];
  for (const port of ports) {
    let answer = await listenAt(engine, hosts, port);
    if (bind.length === 0 && hosts.length > 1 && hasNoIpv6(answer)) {
      hosts = [anyHosts[4]];
      answer = await listenAt(engine, hosts, port);
    }
    if ("port" in answer) {
      listens(engine, answer.port);
      listenInSuccessors(engine, answer.incarnations);
      await openDatagrams(engine);
      return { port: answer.port };
    }
    const refusal = listenRefusal(answer.refused, port);
    if (refusal.code === "address-not-available") {
      const message = `cannot listen for peers at ${answer.host}: ${reasonFor(engine, answer.refused) ?? refusal.reason}`;
      return { refused: refusal.code, message };
    }
    refused.push({ port, ...refusal });
  }
  return refusalOfPorts(refused);
}

/** Undefined without an interface, and for other refusals: the address may be of the machine, and not of the interface. */
function reasonFor({ network }: Pick<Engine, "network">, refused: string): string | undefined {
  const { interface: bound } = network;
  if (bound === undefined || refused !== "EADDRNOTAVAIL") return undefined;
  return `it is no address of the interface ${bound.name}`;
}

function listens(engine: Engine, port: number): void {
  const { network, options, settings } = engine;
  network.port = port;
  network.publicPort = port;
  if (settings.values.announcePort !== undefined) renewPublicPort(engine);
  if (options.portMapping.length > 0) network.portMapping.start(network.hosts, port);
}

/** A restarted worker listens where the old one did. The system may release the port a moment later. */
export async function listenAgain(
  { context, network, peerWorkers }: Pick<Engine, "context" | "network" | "peerWorkers">,
  { ref }: PeerWorkerHandle,
): Promise<void> {
  const { hosts, port } = network;
  const request = { hosts, port, reusePort: peerWorkers.length > 1 };
  const epoch = ref.peer?.epoch;
  for (let tries = retries.tries; ; tries--) {
    const code = await ref.call("listen", request, { deadlineMs: retries.deadlineMs }).then(
      (answer) => ("refused" in answer ? answer.refused : undefined),
      (error: unknown) => (isGone(error) ? undefined : refusalCode(error)),
    );
    if (code === undefined) return;
    if (tries <= 0) return context.log("error", "listen-lost", { port, code });
    await pause(context.timers, retries.pauseMs);
    // A newer incarnation has its own `listen`.
    if (ref.peer?.epoch !== epoch) return;
  }
}

async function listenAt(
  engine: Pick<Engine, "context" | "network" | "peerWorkers">,
  hosts: readonly string[],
  port: number,
): Promise<
  | { port: number; incarnations: ReadonlyMap<PeerWorkerHandle, number> }
  | { refused: string; host: string }
> {
  const reusePort = engine.peerWorkers.length > 1;
  if (reusePort && port !== 0) {
    const inUse = await probe(engine, hosts, port);
    if (inUse !== undefined) return inUse;
  }
  let chosen = port;
  const incarnations = new Map<PeerWorkerHandle, number>();
  for (const peerWorker of engine.peerWorkers) {
    const answer = await listenAtWorker(engine, peerWorker, { hosts, port: chosen, reusePort });
    if ("refused" in answer) {
      await stopListening([...incarnations.keys()]);
      return answer;
    }
    chosen = answer.port;
    incarnations.set(peerWorker, answer.epoch);
  }
  engine.network.hosts = hosts;
  return { port: chosen, incarnations };
}

/** Workers must not take connections on a port that is not announced. */
async function stopListening(peerWorkers: readonly PeerWorkerHandle[]): Promise<void> {
  const nowhere = { hosts: [], port: 0, reusePort: true };
  await Promise.all(
    peerWorkers.map((peerWorker) =>
      peerWorker.ref
        .call("listen", nowhere, { deadlineMs: retries.deadlineMs })
        .catch(() => undefined),
    ),
  );
}

/** After a crash the successor is asked. */
async function listenAtWorker(
  engine: Pick<Engine, "context">,
  peerWorker: PeerWorkerHandle,
  request: MessageOf<PeerProtocol, "listen">,
): Promise<{ port: number; epoch: number } | { refused: string; host: string }> {
  for (let tries = retries.tries; ; tries--) {
    const epoch = peerWorker.ref.peer?.epoch ?? 0;
    try {
      const answer = await peerWorker.ref.call("listen", request, {
        deadlineMs: retries.deadlineMs,
      });
      return "port" in answer ? { ...answer, epoch } : answer;
    } catch (error) {
      const mayRetry = isGone(error) || codeOf(error) === "call-deadline";
      if (tries <= 0 || !mayRetry) return { refused: refusalCode(error), host: peerWorker.name };
    }
    await pause(engine.context.timers, retries.pauseMs);
  }
}

/** A worker that crashed before all listened restarted without the port. */
function listenInSuccessors(
  engine: Pick<Engine, "context" | "network" | "peerWorkers">,
  incarnations: ReadonlyMap<PeerWorkerHandle, number>,
): void {
  for (const [peerWorker, epoch] of incarnations) {
    const { peer } = peerWorker.ref;
    if (peer !== undefined && peer.epoch !== epoch) void listenAgain(engine, peerWorker);
  }
}

/** A plain bind, which fails if any other socket listens. @returns why, or undefined when the port is free. */
async function probe(
  engine: Pick<Engine, "context">,
  hosts: readonly string[],
  port: number,
): Promise<{ refused: string; host: string } | undefined> {
  for (const host of hosts) {
    try {
      const options = { host, port, ipv6Only: host.includes(":") };
      await (await engine.context.sockets.listen(options, refuse)).close();
    } catch (error) {
      return { refused: refusalCode(error), host };
    }
  }
  return undefined;
}

/** Many systems have no IPv6: no warning. */
function hasNoIpv6(answer: { refused: string; host: string } | { port: number }): boolean {
  return "refused" in answer && answer.host === anyHosts[6] && answer.refused !== "EADDRINUSE";
}

function refuse(stream: { destroy(): void }) {
  stream.destroy();
  return { bytes: () => undefined, closed: () => undefined };
}

function refusalCode(error: unknown): string {
  return codeOf(error) ?? "listen-failed";
}
