import type { DhtEndpoint, DhtPinged, DhtPingRefused } from "@troupe/messages";
import { addressKey, canonicalHost, classifyAddress } from "@troupe/protocol/address";
import { familyOf, type DhtWorker } from "../dht-worker.ts";

/** Pings the first address of a host whose family has a socket. */
export async function pingNode(
  worker: DhtWorker,
  { host, port }: DhtEndpoint,
): Promise<DhtPinged | DhtPingRefused> {
  const { names } = worker.context;
  const hosts = await names.resolve(host).catch((): readonly string[] => []);
  if (hosts.length === 0) return refuse("name-not-found", `cannot find an address of ${host}`);
  const address = hosts.find((other) => worker.families.has(familyOf(other)));
  if (address === undefined)
    return refuse("no-socket", `cannot ping ${host}: no socket is open for its address family`);
  return ping(worker, { host: canonicalHost(address), port });
}

function ping(worker: DhtWorker, { host, port }: DhtEndpoint): Promise<DhtPinged | DhtPingRefused> {
  const where = addressKey(host, port);
  const node = worker.families.get(familyOf(host))?.node;
  const sentMs = worker.context.clock.nowMs();
  if (classifyAddress(host) === "refused" || port < 1 || port > 65_535)
    return settled("address-refused", `cannot ping ${where}: no node has such an address`);
  if (worker.services.ipFilter.has(host))
    return settled("filtered", `cannot ping ${where}: the IP filter has this address`);
  if (node?.admits({ host, port }) !== true)
    return settled("address-refused", `cannot ping ${where}: it is our own, or in quarantine`);
  if (!worker.services.rate.take(sentMs))
    return settled("too-many-queries", `cannot ping ${where}: too many queries are sent`);
  return new Promise((resolve) => {
    const noAnswer = (): void => resolve(refuse("no-answer", `${where} does not answer`));
    node.ask(
      {
        family: familyOf(host),
        host,
        port,
        id: undefined,
        query: { method: "ping" },
        answered: ({ answer: { id }, version }, nowMs) =>
          resolve({
            id,
            host,
            port,
            tookMs: nowMs - sentMs,
            ...(version !== undefined && { version }),
          }),
        refused: noAnswer,
        silent: () => {},
        failed: noAnswer,
      },
      sentMs,
    );
    worker.wake();
  });
}

function settled(refused: DhtPingRefused["refused"], message: string): Promise<DhtPingRefused> {
  return Promise.resolve(refuse(refused, message));
}

function refuse(refused: DhtPingRefused["refused"], message: string): DhtPingRefused {
  return { refused, message };
}
