import { mapsFiles, onePeerAnAddress, type Program } from "./program.ts";

/** Room for its own files and sockets. */
const spareDescriptors = 500;

/** rtorrent without its screen. */
export const rtorrent: Program = {
  debianPackage: "rtorrent",
  version: () => ["rtorrent", "-h"],
  versionPattern: /version (\d\S*?)\.?$/m,
  needsTracker: true,
  plan({ host, port, job, folder, connections }) {
    const peers = String(connections);
    const limits = [
      ["throttle.max_uploads.set", peers],
      ["throttle.max_uploads.global.set", peers],
      ["throttle.max_peers.normal.set", peers],
      ["throttle.max_peers.seed.set", peers],
      ["network.max_open_sockets.set", String(connections + spareDescriptors)],
      ["network.listen.backlog.set", String(Math.min(4_096, Math.max(128, connections)))],
    ] as const;
    const places = [
      ["directory.default.set", job?.dataFolder ?? ""],
      ["session.path.set", folder],
      ["network.bind_address.set", host],
      ["network.port_range.set", `${port}-${port}`],
    ] as const;
    const lines = [...quiet, ...limits, ...places].map(([name, value]) => `${name} = ${value}`);
    return {
      command: ["rtorrent", "-n", "-o", `import=${folder}/rtorrent.rc`],
      files: { "rtorrent.rc": [...lines, `load.start = ${job?.torrentFile ?? ""}`, ""].join("\n") },
      settings: [...limits, ["dht, pex", "off"]],
      remarks: [onePeerAnAddress, mapsFiles],
    };
  },
};

const quiet = [
  ["system.daemon.set", "true"],
  ["network.port_random.set", "no"],
  ["dht.mode.set", "disable"],
  ["protocol.pex.set", "no"],
  ["protocol.encryption.set", "none"],
  ["pieces.hash.on_completion.set", "yes"],
] as const;
