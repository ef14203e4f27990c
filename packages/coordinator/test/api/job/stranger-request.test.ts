import test from "ava";
import { readMagnet } from "../../../src/api/job/load-metainfo.ts";
import { strangerRequest } from "../../../src/api/job/stranger-request.ts";
import { addRequest } from "../../../src/api/options/add-options.ts";
import { engineOptions } from "../../../src/api/options/options.ts";

const magnet = readMagnet("a".repeat(40));
const request = addRequest(
  magnet,
  { moveTo: "/done", peers: [{ host: "8.8.8.8", port: 1 }] },
  engineOptions({ directory: "/data" }),
);

test("all folders of a stranger's torrent are found by its bounds, whoever has chosen them", async (t) => {
  const found = await strangerRequest(request, { folder: async (path) => `/real${path}` });
  t.is(found.directory, "/real/data");
  t.is(found.settings.moveTo, "/real/done");
  t.true(found.isFromStranger);
  t.deepEqual(found.peers, [{ host: "8.8.8.8", port: 1, isFromStranger: true }]);
});

test("a folder that the bounds refuse refuses the torrent", async (t) => {
  for (const refused of ["/data", "/done"]) {
    const folder = (path: string) =>
      path === refused ? Promise.reject(new Error(path)) : Promise.resolve(path);
    await t.throwsAsync(strangerRequest(request, { folder }), { message: refused });
  }
});
