// Which port peers find us at. Candidates are tried in order. With several peer-workers each listens on the port
// itself (the system spreads connections); that would hide a port in use, so a plain bind probes it first.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import { isGone } from "../troupe-error.ts";
import type { Engine } from "./engine-state.ts";
import type { PeerWorkerSeat } from "./peer-worker-seat.ts";

const anyIpv4Host = ["0.0.0.0"];
const anyIpv6Host = "::";
const anyHost = [...anyIpv4Host, anyIpv6Host];
const again = { deadlineMs: 5_000, pauseMs: 200, tries: 25 };

type Listening = { readonly port: number } | { readonly refused: string; readonly message: string };

/** No other port helps then: the address itself cannot be used. */
const badAddress: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);

/**
 * Tries the candidates in order; the first that every worker can listen on is ours.
 *
 * @returns The port, 0 without peer-workers; or `port-in-use`, or the system's code for an address that is not of this
 *   machine.
 */
export async function listen(engine: Engine): Promise<Listening> {
  const { ports, bind } = engine.options;
  if (engine.seats.length === 0) return { port: 0 };
  let hosts = bind.length > 0 ? bind : anyHost;
  let last = "no port was given";
  for (const port of ports) {
    let answer = await listenAt(engine, hosts, port);
    if (hosts === anyHost && hasNoIpv6(answer)) {
      hosts = anyIpv4Host;
      answer = await listenAt(engine, hosts, port);
    }
    if ("port" in answer) {
      engine.port = answer.port;
      listenInSuccessors(engine, answer.incarnations);
      return { port: answer.port };
    }
    last = `${answer.refused} at ${answer.host} port ${port}`;
    if (badAddress.has(answer.refused)) {
      const message = `cannot listen for peers at ${answer.host}: it is no address of this machine`;
      return { refused: answer.refused, message };
    }
  }
  const message = `cannot listen for peers: tried ${ports.join(", ")}; last: ${last}`;
  return { refused: "port-in-use", message };
}

/**
 * A new incarnation listens where the old one did; the system may need a moment to let go of the port, and a thread
 * that is busy one to answer.
 */
export function listenAgain(
  engine: Engine,
  seat: PeerWorkerSeat,
  tries: number = again.tries,
): void {
  const { hosts, port } = engine;
  const epoch = seat.ref.peer?.epoch;
  const retry = (code: string): void => {
    if (tries <= 0) return engine.context.log("error", "listen-lost", { port, code });
    engine.context.timers.after(again.pauseMs, () => {
      // Another one by now was told itself.
      if (seat.ref.peer?.epoch === epoch) listenAgain(engine, seat, tries - 1);
    });
  };
  seat.ref
    .call(
      "listen",
      { hosts, port, reusePort: engine.seats.length > 1 },
      { deadlineMs: again.deadlineMs },
    )
    .then(
      (answer) => {
        if ("refused" in answer) retry(answer.refused);
      },
      (error: unknown) => {
        if (!isGone(error)) retry(codeOf(error));
      },
    );
}

async function listenAt(
  engine: Engine,
  hosts: readonly string[],
  port: number,
): Promise<
  | { port: number; incarnations: ReadonlyMap<PeerWorkerSeat, number> }
  | { refused: string; host: string }
> {
  const reusePort = engine.seats.length > 1;
  if (reusePort && port !== 0) {
    const inUse = await probe(engine, hosts, port);
    if (inUse !== undefined) return inUse;
  }
  let chosen = port;
  const incarnations = new Map<PeerWorkerSeat, number>();
  for (const seat of engine.seats) {
    const answer = await listenAtSeat(engine, seat, { hosts, port: chosen, reusePort });
    if ("refused" in answer) {
      await stopListening([...incarnations.keys()]);
      return answer;
    }
    chosen = answer.port;
    incarnations.set(seat, answer.epoch);
  }
  engine.hosts = hosts;
  return { port: chosen, incarnations };
}

/** Not all can listen there: those that do must not take connections that the next port is said for. */
async function stopListening(seats: readonly PeerWorkerSeat[]): Promise<void> {
  const nowhere = { hosts: [], port: 0, reusePort: true };
  await Promise.all(
    seats.map((seat) =>
      seat.ref.call("listen", nowhere, { deadlineMs: again.deadlineMs }).catch(() => undefined),
    ),
  );
}

/** Asks one worker to listen; one that dies meanwhile is asked again in its successor. */
async function listenAtSeat(
  engine: Engine,
  seat: PeerWorkerSeat,
  request: MessageOf<PeerProtocol, "listen">,
): Promise<{ port: number; epoch: number } | { refused: string; host: string }> {
  for (let tries = again.tries; ; tries--) {
    const epoch = seat.ref.peer?.epoch ?? 0;
    try {
      const answer = await seat.ref.call("listen", request, { deadlineMs: again.deadlineMs });
      return "port" in answer ? { ...answer, epoch } : answer;
    } catch (error) {
      const mayRetry = isGone(error) || codeOf(error) === "call-deadline";
      if (tries <= 0 || !mayRetry) return { refused: codeOf(error), host: seat.name };
    }
    await new Promise<void>((resolve) => {
      engine.context.timers.after(again.pauseMs, resolve);
    });
  }
}

/** A worker that listened and died before all others did was not told of the port when it came back. */
function listenInSuccessors(
  engine: Engine,
  incarnations: ReadonlyMap<PeerWorkerSeat, number>,
): void {
  for (const [seat, epoch] of incarnations) {
    const { peer } = seat.ref;
    if (peer !== undefined && peer.epoch !== epoch) listenAgain(engine, seat);
  }
}

/** A plain bind: fails where anybody else listens. @returns why, or undefined when the port is free. */
async function probe(
  engine: Engine,
  hosts: readonly string[],
  port: number,
): Promise<{ refused: string; host: string } | undefined> {
  for (const host of hosts) {
    try {
      await (await engine.context.sockets.listen(listenOptions(host, port), refuse)).close();
    } catch (error) {
      return { refused: codeOf(error), host };
    }
  }
  return undefined;
}

/** Many systems have none: nobody is told. */
function hasNoIpv6(answer: { refused: string; host: string } | { port: number }): boolean {
  return "refused" in answer && answer.host === anyIpv6Host && answer.refused !== "EADDRINUSE";
}

function listenOptions(host: string, port: number) {
  return { host, port, ipv6Only: host.includes(":") };
}

function refuse(stream: { destroy(): void }) {
  stream.destroy();
  return { bytes: () => undefined, closed: () => undefined };
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "listen-failed";
}
