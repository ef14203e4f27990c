import { codeOf, listenRefusal } from "@troupe/actor-runtime";
import type { DhtListen, DhtListening, DhtPorts } from "@troupe/messages";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { familyOf, type DhtWorker } from "./dht-worker.ts";
import type { NodeFamily } from "./node/node-family.ts";

const allAddresses: readonly string[] = ["0.0.0.0", "::"];

type Refused = DhtListening["refused"][number];

/** Opens a socket for each family of `hosts`, at the first of its ports that is free. A family that has one keeps it. */
export async function listen(
  worker: DhtWorker,
  { hosts, ports, last = {} }: DhtListen,
): Promise<DhtListening> {
  const chosen = hosts.length === 0 ? allAddresses : hosts;
  const refused: Refused[] = [];
  for (const family of [4, 6] as const) {
    const host = chosen.find((other) => familyOf(other) === family);
    if (host === undefined || worker.families.has(family)) continue;
    // In sequence: the order of events is the same in each run. oxlint-disable-next-line no-await-in-loop
    const refusal = await openSocket(worker, family, host, portsOf(family, ports, last));
    if (refusal !== undefined) refused.push(refusal);
  }
  const sockets = Array.from(worker.families.values(), ({ family, node: { address } }) => ({
    family,
    ...address,
  }));
  return { sockets, refused };
}

function portsOf(
  family: AddressFamily,
  ports: readonly number[],
  { ipv4, ipv6 }: DhtPorts,
): readonly number[] {
  const last = family === 4 ? ipv4 : ipv6;
  return last === undefined ? ports : [...new Set([last, ...ports])];
}

async function openSocket(
  worker: DhtWorker,
  family: AddressFamily,
  host: string,
  ports: readonly number[],
): Promise<Refused | undefined> {
  let opened: NodeFamily | undefined;
  let refused: Refused = {
    family,
    code: "EINVAL",
    message: "cannot open a DHT socket: no port is named",
  };
  for (const port of ports) {
    try {
      // In sequence: the first free port is taken. oxlint-disable-next-line no-await-in-loop
      const socket = await worker.context.datagrams.bind(
        { host, port },
        { received: (bytes, from) => opened?.node.received(bytes, from) },
      );
      opened = worker.open(family, socket);
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      refused = { family, code, message: refusalSentence(code, host, port) };
      if (!isOfPort(code)) return refused;
    }
  }
  return refused;
}

function refusalSentence(systemCode: string, host: string, port: number): string {
  const { code, reason } = listenRefusal(systemCode, port);
  const why = code === "address-not-available" ? reason : `port ${port} ${reason}`;
  return `cannot receive UDP at ${host}: ${why}`;
}

/** Another port may be free. */
function isOfPort(code: string): boolean {
  return code === "EADDRINUSE" || code === "EACCES";
}
