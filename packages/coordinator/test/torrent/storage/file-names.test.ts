import test from "ava";
import { storedFilesOf } from "../../../src/torrent/storage/file-names.ts";
import { makeScene } from "../../support/engine-scene.ts";

test("E11: a renamed file is looked for at each other path that it may have had, but not at that of its twin", (t) => {
  const job = makeScene().addJob();
  const [first, ...rest] = job.content.metainfo.files;
  if (first === undefined) return t.fail();
  const uses = ["full-length", "twin", "no-case"] as const;
  const otherPaths = uses.map((use) => ({ use, path: ["at", use] }));
  const files = [{ ...first, otherPaths }, ...rest];
  Object.assign(job.content, { metainfo: { ...job.content.metainfo, files } });
  const from = first.path.join("/");
  const settings = { ...job.request.settings, renames: [{ from, to: "new" }] };
  job.request = { ...job.request, settings };
  const [stored] = storedFilesOf(job);
  t.deepEqual(stored?.path, ["new"]);
  t.deepEqual(stored?.otherPaths, [
    { use: "earlier", path: first.path },
    { use: "earlier", path: ["at", "full-length"] },
    { use: "earlier", path: ["at", "no-case"] },
  ]);
});
