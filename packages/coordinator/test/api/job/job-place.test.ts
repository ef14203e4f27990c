import test from "ava";
import type { TorrentSettings } from "@troupe/control";
import { shareBytes, type AddTorrent } from "@troupe/messages";
import { parseMagnet } from "@troupe/protocol/magnet";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import {
  firstNames,
  placeJob,
  type PlaceLook,
  type RecordedPlace,
} from "../../../src/api/job/job-place.ts";
import type { LoadedSource } from "../../../src/api/job/load-metainfo.ts";

const metainfo = encodeTorrent({
  name: "film",
  pieceLengthBytes: 16_384,
  files: [{ path: ["a.mkv"], lengthBytes: 16_384 }],
  pieceHashes: new Uint8Array(20),
});
const file: LoadedSource = { kind: "metainfo", metainfo, source: "file" };
const text = `magnet:?xt=urn:btih:${"a".repeat(40)}`;
const magnet: LoadedSource = {
  kind: "magnet",
  magnet: text,
  source: "file",
  link: parseMagnet(text),
};

interface Known {
  readonly recorded?: readonly RecordedPlace[];
  readonly links?: Readonly<Record<string, string>>;
  readonly existing?: readonly string[];
}

async function place(
  settings: TorrentSettings,
  { recorded = [], links = {}, existing = [] }: Known = {},
  more: Partial<AddTorrent> & { readonly loaded?: LoadedSource } = {},
): Promise<readonly [directory: string, moveTo: string | undefined]> {
  const { loaded = file, ...others } = more;
  const look: PlaceLook = {
    recorded: () => Promise.resolve(recorded),
    real: (_key, folder) => Promise.resolve(links[folder] ?? folder),
    exists: (_key, path) => Promise.resolve(existing.includes(path)),
  };
  const request = {
    ...{ metainfo: shareBytes(metainfo), source: "file", directory: "/data", settings },
    ...{ peers: [], mode: "download", ...others },
  } as never;
  const placed = await placeJob(request, loaded, {}, look);
  refuseRest(placed.settings);
  return [placed.directory, placed.settings.moveTo];
}

/** Refuses `incompleteDirectory` in the settings of a placed request. */
function refuseRest(settings: TorrentSettings): void {
  if ("incompleteDirectory" in settings) throw new Error("incompleteDirectory is kept");
}

const incomplete = { incompleteDirectory: "/part" };

test("E10: a new torrent lies in the folder for incomplete torrents until it is complete", async (t) => {
  t.deepEqual(await place({}), ["/data", undefined]);
  t.deepEqual(await place(incomplete), ["/part", "/data"]);
  t.deepEqual(await place({ moveTo: "/final" }), ["/data", "/final"]);
  t.deepEqual(await place({ ...incomplete, moveTo: "/final" }), ["/part", "/final"]);
  t.deepEqual(await place(incomplete, {}, { loaded: magnet, metainfo: undefined as never }), [
    "/part",
    "/data",
  ]);
});

test("one and the same folder under two names moves nothing", async (t) => {
  t.deepEqual(await place({ incompleteDirectory: "/data" }), ["/data", undefined]);
  t.deepEqual(await place(incomplete, { links: { "/part": "/data" } }), ["/data", undefined]);
});

test("E10: files that lie in the final folder are used where they lie", async (t) => {
  t.deepEqual(await place(incomplete, { existing: ["/data/film"] }), ["/data", undefined]);
  t.deepEqual(await place(incomplete, { existing: ["/data/other"] }), ["/part", "/data"]);
});

test("E10: a torrent of an earlier run stays in the folder of that run", async (t) => {
  const existing = ["/data/film"];
  const cases: readonly (readonly [RecordedPlace[], readonly [string, string | undefined]])[] = [
    [[{ directory: "/part", moveTo: "/data" }], ["/part", "/data"]],
    [[{ directory: "/part" }], ["/part", "/data"]],
    [[{ directory: "/earlier", moveTo: "/data" }], ["/earlier", "/data"]],
    [[{ directory: "/data" }], ["/data", undefined]],
    [
      [{ directory: "/data" }, { directory: "/part", moveTo: "/data" }],
      ["/part", "/data"],
    ],
    [[{ directory: "/elsewhere" }], ["/data", undefined]],
  ];
  for (const [recorded, expected] of cases)
    t.deepEqual(await place(incomplete, { recorded, existing }), expected);
});

test("seeds and checks look for the data in `directory` alone", async (t) => {
  for (const mode of ["seed-only", "check-only", "metadata-only"] as const)
    t.deepEqual(await place({ ...incomplete, moveTo: "/final" }, {}, { mode }), [
      "/data",
      undefined,
    ]);
});

test("a torrent with many names in its folder is looked for by the first of them", (t) => {
  const paths = Array.from({ length: 1_000 }, (_, index) => [`${index}`, "a"]);
  t.is(firstNames(paths).length, 100);
  t.deepEqual(
    firstNames([
      ["film", "a"],
      ["film", "b"],
    ]),
    ["film"],
  );
});

test("L13: with the layout no-folder no files are looked for in the final folder, because they may be those of another torrent", (t) => {
  t.deepEqual(firstNames([["readme.txt"]], "no-folder"), []);
  t.deepEqual(firstNames([["film", "film.mkv"]], "folder"), ["film"]);
});
