import { parseTorrent } from "@troupe/protocol/metainfo";
import { checkWebSeedUrl, maxWebSeeds, webSeedPath } from "@troupe/protocol/web-seed";

import { acceptedBy, hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";
import { mutateTorrent, torrentSeeds } from "../engine/torrents.ts";

const base = "http://seed.example/d/";

/** The web seeds of a torrent, and the URLs of its files there. */
export const webSeed: FuzzTarget = {
  name: "web-seed",
  oracle:
    "every web seed passes its check as it is, and every file has a URL below that of its web seed",
  sources: ["protocol/src/web-seed", "protocol/src/metainfo/metainfo-files"],
  seeds: torrentSeeds,
  mutate: mutateTorrent,
  run(input) {
    const metainfo = acceptedBy(() => parseTorrent(input));
    if (metainfo === undefined) return;
    const { files, webSeeds } = metainfo;
    hold(webSeeds.length <= maxWebSeeds, "too many web seeds");
    hold(new Set(webSeeds).size === webSeeds.length, "a web seed twice");
    for (const url of webSeeds) {
      const check = checkWebSeedUrl(url);
      hold("url" in check && check.url === url, "a web seed that its check changes");
    }
    for (const file of files) {
      const path = webSeedPath(file);
      if (path === undefined) continue;
      const url = `${base}${path}`;
      hold(path !== "" && new URL(url).href === url, () => `read otherwise: ${url}`);
    }
  },
};
