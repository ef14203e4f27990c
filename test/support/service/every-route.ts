// The table of all routes, for tests that ask each.

import { EventRing } from "../../../packages/service/src/api/event-ring.ts";
import { StreamLinks } from "../../../packages/service/src/guard/stream-links.ts";
import type { FileSource } from "../../../packages/service/src/streams/file-source.ts";
import { serviceRoutes } from "../../../packages/service/src/routes/service-routes.ts";
import type { Route } from "../../../packages/service/src/routes/route.ts";
import { nodePorts } from "@troupe/actor-runtime";

const torrent = "a".repeat(40);

/** Parameters with which every action of the dialects has what it needs. */
export const actionParameters: string = new URLSearchParams({
  ...{ hashes: torrent, hash: torrent, urls: `magnet:?xt=urn:btih:${"b".repeat(40)}` },
  ...{ json: '{"dl_limit":7}', category: "c", tags: "t", value: "true", enable: "true" },
  ...{ limit: "7", ratioLimit: "1", seedingTimeLimit: "1", location: "/data", mode: "1" },
  ...{ savePath: "", peers: "192.0.2.7:7", id: "0", priority: "1", name: "n", deleteFiles: "true" },
  ...{ oldPath: "a", newPath: "b", origUrl: "http://a/", newUrl: "http://b/", url: "http://b/" },
}).toString();

/** The routes of a service whose metrics need a login. */
export function everyRoute(): readonly Route[] {
  const { clock, random, timers } = nodePorts();
  const facts = {
    ...{ downloadDirectory: "/data", stateDirectory: "/state", usesDht: false, mapsPort: false },
    ...{ usesPeerExchange: false, usesLocalDiscovery: false, marksUnfinishedFiles: false },
  };
  const options = { areMetricsOpen: false, perTorrentMetrics: false, facts };
  const links = new StreamLinks(new Uint8Array(32), clock, (key) => key);
  const files: FileSource = {
    find: () => Promise.reject(new Error("no file here")),
    read: () => {
      throw new Error("no file here");
    },
  };
  const history = { read: () => Promise.reject(new Error("no history here")) };
  return serviceRoutes(options, {
    ...{ clock, random, timers, links, files, history },
    ring: new EventRing("test"),
  });
}

/** The path of a route with an info-hash for each of its segments that vary. */
export function pathOf({ path }: Pick<Route, "path">): string {
  return path.replaceAll(/:\w+/g, torrent);
}
