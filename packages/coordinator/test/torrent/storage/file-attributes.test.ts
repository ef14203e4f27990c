import test from "ava";
import { attributesToMake, symlinksOf } from "../../../src/torrent/storage/file-attributes.ts";
import { makeScene } from "../../support/engine-scene.ts";

/** A job whose files are one that is executable and a link to the folder two levels above it. */
function jobWith(settings: { readonly executables?: boolean; readonly symlinks?: boolean }) {
  const job = makeScene().addJob();
  const [first] = job.content.metainfo.files;
  const file = { offset: 0, isPadding: false, path: ["a"], lengthBytes: 0 };
  const files = [
    { ...file, ...first, isExecutable: true },
    { ...file, link: { file: 0, levelsUp: 2 } },
  ] as const;
  job.request = { ...job.request, settings: { ...job.request.settings, ...settings } };
  return { job, metainfo: { ...job.content.metainfo, files } };
}

test("A18: a torrent without the settings gets neither links nor executable files", (t) => {
  const { job, metainfo } = jobWith({});
  t.deepEqual(attributesToMake(job, { metainfo }), {});
});

test("A18: each setting asks for its attribute alone", (t) => {
  const links = jobWith({ symlinks: true });
  t.deepEqual(attributesToMake(links.job, links), { makesSymlinks: true });
  const modes = jobWith({ executables: true });
  t.deepEqual(attributesToMake(modes.job, modes), { executables: [0] });
});

test("the file-worker is told of the links of a torrent, whatever the settings are", (t) => {
  const { job, metainfo } = jobWith({});
  t.deepEqual(symlinksOf(metainfo), { symlinks: [{ file: 1, target: 0, levelsUp: 2 }] });
  t.deepEqual(symlinksOf(job.content.metainfo), {});
});
