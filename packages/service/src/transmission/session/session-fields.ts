// The settings of the session as session_get tells them.

import type { LiveEngineSettings } from "@troupe/control";
import type { CommandResults } from "@troupe/control/commands";
import { dataDirectory, type ServiceFacts } from "../../routes/service-facts.ts";
import type { Values } from "../values.ts";
import { sessionConstants } from "../constants.ts";
import { defaults } from "../defaults.ts";
import type { FreeSpace } from "../free-space.ts";
import { protocolVersions } from "../versions.ts";
import { shownEncryption } from "./session-encryption.ts";
import { preferredTransports } from "./session-transport.ts";
import { altSpeedOf } from "./alt-speed.ts";
import { limitNow, sessionLimits } from "./session-limits.ts";

/** Sources of the settings of the session. */
export interface SessionState {
  readonly engine: LiveEngineSettings;
  readonly facts: ServiceFacts;
  /** Empty unless a name of the blocklist was asked for. */
  readonly filter: CommandResults["ip-filter"];
  readonly ports: CommandResults["ports"];
  readonly space: FreeSpace;
  readonly sessionId: string;
}

type SessionField = (state: SessionState) => unknown;

const units: Values = {
  memory_bytes: 1_024,
  memory_units: ["B", "KiB", "MiB", "GiB", "TiB"],
  size_bytes: 1_000,
  size_units: ["B", "kB", "MB", "GB", "TB"],
  speed_bytes: 1_000,
  speed_units: ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"],
};

const factFields: Readonly<Record<string, SessionField>> = {
  blocklist_enabled: ({ filter }) => filter.ipFilter !== undefined,
  blocklist_size: ({ filter }) => filter.ipFilter?.ranges ?? 0,
  config_dir: ({ facts }) => facts.stateDirectory,
  dht_enabled: ({ facts }) => facts.usesDht,
  download_dir_free_space: ({ space }) => space.freeBytes,
  lpd_enabled: ({ facts }) => facts.usesLocalDiscovery,
  peer_port: ({ ports }) => ports.publicPort,
  port_forwarding_enabled: ({ facts }) => facts.mapsPort,
  rename_partial_files: ({ facts }) => facts.marksUnfinishedFiles,
  session_id: ({ sessionId }) => sessionId,
  units: () => units,
};

const engineFields: Readonly<Record<string, SessionField>> = {
  alt_speed_down: ({ engine }) => altSpeed(engine).down,
  alt_speed_enabled: ({ engine }) => altSpeed(engine).isOn,
  alt_speed_time_begin: ({ engine }) => altSpeed(engine).begin,
  alt_speed_time_day: ({ engine }) => altSpeed(engine).days,
  alt_speed_time_enabled: ({ engine }) => altSpeed(engine).isTimed,
  alt_speed_time_end: ({ engine }) => altSpeed(engine).end,
  alt_speed_up: ({ engine }) => altSpeed(engine).up,
  default_trackers: ({ engine }) => (engine.defaultTrackers ?? []).join("\n"),
  download_dir: ({ engine, facts }) => dataDirectory(engine, facts),
  encryption: ({ engine }) => shownEncryption(engine.encryption),
  incomplete_dir: ({ engine, facts }) => engine.incompleteDirectory ?? dataDirectory(engine, facts),
  incomplete_dir_enabled: ({ engine }) => engine.incompleteDirectory !== undefined,
  peer_limit_global: ({ engine }) => engine.maxConnections ?? defaults.peersOfAll,
  peer_limit_per_torrent: ({ engine }) => engine.maxPeers ?? defaults.peersOfTorrent,
  pex_enabled: ({ engine }) => engine.peerExchange ?? true,
  preferred_transports: ({ engine }) => preferredTransports(engine.transport),
  tcp_enabled: ({ engine }) => engine.transport !== "utp",
  utp_enabled: ({ engine }) => engine.transport !== "tcp",
  start_added_torrents: ({ engine }) => engine.startAdded ?? true,
};

const limitFields = sessionLimits.flatMap((limit) => [
  [limit.value, ({ engine }: SessionState) => limitNow(limit, engine) ?? limit.preset] as const,
  [limit.isOn, ({ engine }: SessionState) => limitNow(limit, engine) !== undefined] as const,
]);

/** The fields by their names in snake case. */
export const sessionFields: ReadonlyMap<string, SessionField> = new Map<string, SessionField>([
  ...Object.entries({ ...factFields, ...engineFields }),
  ...limitFields,
  ...sessionConstants.map(({ name, value }) => [name, () => value] as const),
  ...Object.entries(protocolVersions).map(([name, value]) => [name, () => value] as const),
]);

function altSpeed({ "limits.schedule": schedule = [] }: LiveEngineSettings) {
  return altSpeedOf(schedule);
}
