import { libtorrentScript } from "./libtorrent-script.ts";
import { mapsFiles, type Program, type ProgramPlace, type ProgramPlan } from "./program.ts";

/** Debian's bindings belong to the system's own Python. */
const python = "/usr/bin/python3";

type Value = string | number | boolean;

/** libtorrent, by Python and a script of ours: a client, or a DHT node. */
export const libtorrent: Program = {
  debianPackage: "python3-libtorrent",
  version: () => [python, "-c", "import libtorrent; print(libtorrent.__version__)"],
  versionPattern: /(\d+\.\d+\.\d+\S*)/,
  plan: (place) => (place.job === undefined ? nodePlan(place) : clientPlan(place, place.job)),
};

/** Plain connections, found by the tracker alone. */
const plain: Readonly<Record<string, Value>> = {
  enable_lsd: false,
  enable_upnp: false,
  enable_natpmp: false,
  enable_outgoing_utp: false,
  /** Plain connections only. */
  in_enc_policy: 2,
  out_enc_policy: 2,
};

function clientPlan(place: ProgramPlace, job: NonNullable<ProgramPlace["job"]>): ProgramPlan {
  const { connections, hasUtp } = place;
  const limits: Readonly<Record<string, Value>> = {
    // It refuses incoming connections beyond two thirds of the limit.
    connections_limit: Math.ceil((3 * connections) / 2),
    unchoke_slots_limit: connections,
    max_peerlist_size: 2 * connections,
    // Connections that come faster than they are accepted.
    listen_queue_size: Math.min(4_096, Math.max(128, connections)),
    allow_multiple_connections_per_ip: true,
  };
  const settings = {
    ...plain,
    ...limits,
    enable_incoming_utp: hasUtp,
    enable_dht: false,
    listen_interfaces: interfaceOf(place),
  };
  const words = [JSON.stringify(settings), job.torrentFile, job.dataFolder];
  return {
    command: [python, "-c", libtorrentScript, ...words],
    settings: shown({
      ...limits,
      ...{ enable_incoming_utp: hasUtp, enable_dht: false, pex: false, lsd: false },
    }),
    remarks: [mapsFiles],
  };
}

function nodePlan(place: ProgramPlace): ProgramPlan {
  const limits: Readonly<Record<string, Value>> = {
    dht_upload_rate_limit: 100_000_000,
    dht_block_ratelimit: 1_000_000,
    dht_ignore_dark_internet: false,
    dht_restrict_routing_ips: false,
    dht_restrict_search_ips: false,
    dht_max_peers: 100_000,
    dht_max_torrents: 100_000,
  };
  const bootstrap = { enable_incoming_utp: false, enable_dht: true, dht_bootstrap_nodes: "" };
  const settings = { ...plain, ...limits, ...bootstrap, listen_interfaces: interfaceOf(place) };
  return {
    command: [python, "-c", libtorrentScript, JSON.stringify(settings)],
    settings: shown(limits),
    remarks: [],
  };
}

function interfaceOf({ host, port }: ProgramPlace): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function shown(settings: Readonly<Record<string, Value>>): ProgramPlan["settings"] {
  return Object.entries(settings).map(([name, value]) => [name, String(value)]);
}
