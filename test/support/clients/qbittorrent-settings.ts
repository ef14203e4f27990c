import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where a qbittorrent-nox listens, and its settings besides. */
export interface QbittorrentSettings {
  /** For peers. */
  readonly port: number;
  readonly webPort: number;
  /** Lines of the section `BitTorrent`, such as `Session\PeXEnabled=false`. */
  readonly session: readonly string[];
  /** Lines of the section `Preferences`. */
  readonly web?: readonly string[];
}

/** Writes the settings file of a profile: the web interface at 127.0.0.1, no DHT, no local discovery, no port mapping. */
export function writeQbittorrentSettings(
  profile: string,
  { port, webPort, session, web = [] }: QbittorrentSettings,
): void {
  const folder = join(profile, "qBittorrent", "config");
  mkdirSync(folder, { recursive: true });
  const sections = {
    LegalNotice: ["Accepted=true"],
    BitTorrent: [
      `Session\\Port=${port}`,
      "Session\\DHTEnabled=false",
      "Session\\LSDEnabled=false",
      ...session,
    ],
    Network: ["PortForwardingEnabled=false"],
    Preferences: [
      "WebUI\\Enabled=true",
      "WebUI\\Address=127.0.0.1",
      `WebUI\\Port=${webPort}`,
      "WebUI\\UseUPnP=false",
      ...web,
    ],
  };
  const lines = Object.entries(sections).flatMap(([name, of]) => [`[${name}]`, ...of]);
  writeFileSync(join(folder, "qBittorrent.conf"), `${lines.join("\n")}\n`);
}
