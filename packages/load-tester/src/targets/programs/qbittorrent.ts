import { mapsFiles, type Program, type ProgramPlace } from "./program.ts";

/** qBittorrent without its window. */
export const qbittorrent: Program = {
  debianPackage: "qbittorrent-nox",
  version: () => ["qbittorrent-nox", "--version"],
  versionPattern: /v(\d\S*)/,
  plan(place) {
    const { folder, job, connections } = place;
    const words = [`--profile=${folder}`, `--save-path=${job?.dataFolder ?? ""}`];
    return {
      command: ["qbittorrent-nox", ...words, "--add-paused=false", job?.torrentFile ?? ""],
      files: { "qBittorrent/config/qBittorrent.conf": settingsText(place) },
      settings: [...limitsOf(connections), transportOf(place), ["DHT, LSD, PeX", "off"]],
      remarks: [mapsFiles],
    };
  },
};

function limitsOf(connections: number): readonly (readonly [string, string])[] {
  return [
    ["MaxConnections", "-1"],
    ["MaxConnectionsPerTorrent", "-1"],
    ["MaxUploads", "-1"],
    ["MaxUploadsPerTorrent", "-1"],
    ["MultiConnectionsPerIp", "true"],
    ["SocketBacklogSize", String(Math.min(4_096, Math.max(128, connections)))],
  ];
}

function transportOf({ hasUtp }: ProgramPlace): readonly [string, string] {
  return ["BTProtocol", hasUtp ? "Both" : "TCP"];
}

function settingsText(place: ProgramPlace): string {
  const { host, port, controlPort, connections } = place;
  const own = [...limitsOf(connections), transportOf(place), ...quiet];
  const session = [...own, ["Port", port], ["InterfaceAddress", host]];
  return [
    "[LegalNotice]\nAccepted=true",
    "[BitTorrent]",
    ...session.map(([name, value]) => `Session\\${name}=${value}`),
    "[Network]\nPortForwardingEnabled=false",
    "[Preferences]\nWebUI\\Enabled=true\nWebUI\\Address=127.0.0.1",
    `WebUI\\Port=${controlPort}\nWebUI\\LocalHostAuth=false\nWebUI\\UseUPnP=false`,
    "",
  ].join("\n");
}

const quiet = [
  ["DHTEnabled", "false"],
  ["LSDEnabled", "false"],
  ["PeXEnabled", "false"],
  ["Encryption", "2"],
  ["QueueingSystemEnabled", "false"],
  ["UseRandomPort", "false"],
] as const;
