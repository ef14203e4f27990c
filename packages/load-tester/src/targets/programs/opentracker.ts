import type { Program } from "./program.ts";

/** opentracker, which serves HTTP and UDP on one port. */
export const opentracker: Program = {
  debianPackage: "opentracker",
  version: () => ["dpkg-query", "--showformat=${Version}", "--show", "opentracker"],
  versionPattern: /(\d\S*)/,
  plan({ host, port, folder, infoHashes }) {
    const listening = ["-i", host, "-p", String(port), "-P", String(port)];
    return {
      command: ["opentracker", ...listening, "-d", folder, "-u", "nobody", "-w", whitelist],
      files: { [whitelist]: infoHashes.map((infoHash) => `${infoHash}\n`).join("") },
      settings: [["whitelist", `${infoHashes.length} torrents`]],
      remarks: ["As Debian builds it, it serves IPv4 alone, and listed torrents alone."],
    };
  },
};

const whitelist = "whitelist.txt";
