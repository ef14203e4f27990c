// Whether peers may dial from the scenario's addresses: each must be an address of this machine.

import { codeOf, type Ports } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { canonicalHost, isLoopbackAddress, parseIp } from "@troupe/protocol/address";
import { defaultSources } from "../scenario/schema/scenario-schema.ts";
import type { ReadyTarget } from "./generator.messages.ts";
import { sourceAddresses } from "./source-addresses.ts";

/** Addresses of peers for one target. */
export interface PeerSources {
  /** Undefined: the system's choice. */
  readonly sourceOf: (peer: number) => string | undefined;
  /** A sentence for the result, if the scenario's addresses are not used. */
  readonly remark: string | undefined;
}

/** Parts of {@link peerSources}. */
interface SourceParts {
  readonly ports: Pick<Ports, "sockets" | "interfaces">;
  /** A prefix, or `system`. */
  readonly sources: string;
  /** The file names them: the result says when they are not used. */
  readonly isNamed: boolean;
  readonly target: Pick<ReadyTarget, "name" | "host" | "url">;
}

/** @throws TroupeError `sources-not-bindable`, for addresses that the scenario names. */
export async function peerSources(parts: SourceParts): Promise<PeerSources> {
  const { ports, isNamed, sources, target } = parts;
  if (sources === "system") return { sourceOf: () => undefined, remark: undefined };
  const obstacle = obstacleOf(parts) ?? (await bindObstacle(ports, sources));
  const sourceOf = sourceAddresses(sources);
  if (obstacle === undefined && sourceOf !== undefined) return { sourceOf, remark: undefined };
  const reason = obstacle ?? "it is no prefix";
  if (sources !== defaultSources) {
    const message = `cannot dial ${target.name} from ${sources}: ${reason}`;
    throw new TroupeError("sources-not-bindable", message);
  }
  const remark = `peers dial ${target.name} from addresses that the system chooses, not from ${sources}: ${reason}`;
  return { sourceOf: () => undefined, remark: isNamed ? remark : undefined };
}

/** Answers to the default addresses come back only from this machine. */
function obstacleOf({ ports, sources, target }: SourceParts): string | undefined {
  const host = hostOf(target);
  const targetBytes = parseIp(host)?.length;
  const ownBytes = parseIp(sources.split("/")[0] ?? "")?.length;
  if (targetBytes !== undefined && targetBytes !== ownBytes) {
    return "the target has an address of the other family";
  }
  if (sources !== defaultSources) return undefined;
  const isHere =
    isLoopbackAddress(host) ||
    ports.interfaces
      .list()
      .some(({ addresses }) => addresses.some((own) => canonicalHost(own.host) === host));
  return isHere ? undefined : "the target is not on this machine";
}

function hostOf({ host, url }: SourceParts["target"]): string {
  if (url === undefined) return canonicalHost(host);
  const { hostname } = new URL(url);
  return hostname === "localhost" ? "127.0.0.1" : canonicalHost(hostname.replaceAll(/[[\]]/g, ""));
}

async function bindObstacle(
  { sockets }: Pick<Ports, "sockets">,
  sources: string,
): Promise<string | undefined> {
  const host = sourceAddresses(sources)?.(0);
  if (host === undefined) return undefined;
  try {
    const listener = await sockets.listen({ host, port: 0 }, (stream) => {
      stream.destroy();
      return { bytes: () => {}, closed: () => {} };
    });
    await listener.close();
    return undefined;
  } catch (error) {
    return `${host} cannot be bound (${codeOf(error) ?? "unknown error"}); run: ip route add local ${sources} dev lo`;
  }
}
