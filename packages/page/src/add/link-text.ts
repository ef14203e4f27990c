// The sources in a text: magnets, web addresses, info-hashes.

import { isMagnetText, parseMagnet } from "@troupe/protocol/magnet";

/** Lines that are read; further ones are left out. */
const mostLines = 500;

/** A source that the service fetches. */
export type LinkSource =
  | {
      readonly kind: "magnet";
      /** The text as it was given; an info-hash too. */
      readonly link: string;
      readonly name: string;
      readonly torrent: string;
      /** Peers that the link names. */
      readonly peers: readonly { readonly host: string; readonly port: number }[];
    }
  | { readonly kind: "address"; readonly link: string; readonly name: string };

/** The sources of a text, each once. Other lines are left out. */
export function linksIn(text: string): LinkSource[] {
  const found = new Map<string, LinkSource>();
  for (const line of text.split(/\s*[\r\n]+\s*/).slice(0, mostLines)) {
    const source = sourceOf(line.trim());
    if (source === undefined) continue;
    const key = source.kind === "magnet" ? source.torrent : source.link;
    if (!found.has(key)) found.set(key, source);
  }
  return [...found.values()];
}

function sourceOf(link: string): LinkSource | undefined {
  if (/^https?:\/\/\S+$/i.test(link) && URL.canParse(link))
    return { kind: "address", link, name: link };
  if (!isMagnetText(link)) return undefined;
  try {
    const { infoHash, name, peers } = parseMagnet(link);
    const endpoints = peers.map(({ host, port }) => ({ host, port }));
    return { kind: "magnet", link, name: name ?? infoHash, torrent: infoHash, peers: endpoints };
  } catch {
    return undefined;
  }
}
