// The only gate from a magnet link to a torrent. A link may come from a stranger: it must not make this machine talk to
// its own services, nor to the system services of its home network.

import { parseMagnet, type Magnet } from "@troupe/protocol/magnet";
import { safePathPart } from "@troupe/protocol/metainfo";
import { isThisMachine, mayBeNamed, type LinkSource } from "../../named-hosts.ts";

/**
 * @param source Loopback hosts are allowed only for `file`.
 * @returns The link without hosts that it may not name. The name is safe on every system.
 * @throws {ProtocolError} As `parseMagnet`.
 */
export function readLink(text: string, source: LinkSource): Magnet {
  const { name, trackers, webSeeds, peers, warnings, ...link } = parseMagnet(text);
  const isAllowed = (url: string): boolean => source === "file" || !isThisMachine(hostOf(url));
  const allowed = {
    trackers: trackers.filter(isAllowed),
    webSeeds: webSeeds.filter(isAllowed),
    peers: peers.filter(({ host, port }) => mayBeNamed(host, port, source)),
  };
  const leftOut =
    trackers.length + webSeeds.length + peers.length - Object.values(allowed).flat().length;
  const safeName = name === undefined ? undefined : safePathPart(name);
  return {
    ...link,
    ...(safeName !== undefined && { name: safeName }),
    ...allowed,
    warnings: leftOut === 0 ? warnings : [...warnings, spellLeftOut(leftOut)],
  };
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

function spellLeftOut(count: number): string {
  return `${count} ${count === 1 ? "address" : "addresses"} left out: the link names this machine, or a system port of the local network`;
}
