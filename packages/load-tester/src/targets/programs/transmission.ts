import { onePeerAnAddress, type Program, type ProgramPlace } from "./program.ts";

/** Its counts of peers are numbers of 16 bits. */
const mostPeers = 65_535;

const watched = "watched";

/** transmission-daemon, which takes its torrent from a watched folder. */
export const transmission: Program = {
  debianPackage: "transmission-daemon",
  version: () => ["transmission-daemon", "--version"],
  versionPattern: /transmission-daemon (\S+)|Transmission (\S+)/i,
  plan(place) {
    const limits = limitsOf(place.connections);
    const settings = { ...quiet, "utp-enabled": place.hasUtp, ...limits, ...placesOf(place) };
    return {
      command: ["transmission-daemon", "--foreground", "--config-dir", place.folder],
      files: { "settings.json": JSON.stringify(settings) },
      torrentCopy: `${watched}/load.torrent`,
      settings: [
        ...Object.entries(limits).map(([name, value]): [string, string] => [name, String(value)]),
        ["dht, lpd, pex", "off"],
        ["utp-enabled", String(place.hasUtp)],
      ],
      remarks: [
        onePeerAnAddress,
        "It dials no address of 127.0.0.0/8, and decides on upload slots every 10 s.",
        "It opens at most 1,024 descriptors, files included: more peers than that are refused.",
      ],
    };
  },
};

const quiet = {
  "dht-enabled": false,
  "lpd-enabled": false,
  "pex-enabled": false,
  "port-forwarding-enabled": false,
  encryption: 0,
  "incomplete-dir-enabled": false,
  "download-queue-enabled": false,
  "seed-queue-enabled": false,
  "ratio-limit-enabled": false,
  "idle-seeding-limit-enabled": false,
  "speed-limit-up-enabled": false,
  "speed-limit-down-enabled": false,
  "rpc-enabled": false,
  "start-added-torrents": true,
  "message-level": 1,
};

function limitsOf(connections: number): Readonly<Record<string, number>> {
  const peers = Math.min(mostPeers, connections);
  return {
    "peer-limit-global": peers,
    "peer-limit-per-torrent": peers,
    "upload-slots-per-torrent": peers,
  };
}

function placesOf({ host, port, job, folder }: ProgramPlace): Readonly<Record<string, unknown>> {
  const [ip4, ip6] = host.includes(":") ? ["127.0.0.1", host] : [host, "::1"];
  return {
    "bind-address-ipv4": ip4,
    "bind-address-ipv6": ip6,
    "peer-port": port,
    "peer-port-random-on-start": false,
    "download-dir": job?.dataFolder ?? "",
    // A torrent of a watched folder is checked, one of its own folder is not.
    "watch-dir": `${folder}/${watched}`,
    "watch-dir-enabled": true,
  };
}
