import { ManualTime } from "@troupe/actor-runtime/testing";
import { TroupeError } from "@troupe/control";
import test from "ava";
import { StreamLinks } from "../../src/guard/stream-links.ts";
import type { FileBody, ServiceResponse } from "../../src/routes/route.ts";
import type { FileSource } from "../../src/streams/file-source.ts";
import { StreamPlaces } from "../../src/streams/stream-places.ts";
import { streamRoutes } from "../../src/streams/stream-routes.ts";
import { exampleRow } from "../support/example-row.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf, jsonOf } from "../support/request.ts";
import { hmacSha256 } from "../support/secrets.ts";

const torrent = exampleRow().torrent;
const film = { name: "film.mkv", lengthBytes: 10, mayWait: true };

function scene(find: FileSource["find"] = () => Promise.resolve(film)) {
  const files: FileSource = {
    find,
    read: () => {
      throw new Error("nothing is read here");
    },
  };
  const time = new ManualTime();
  const links = new StreamLinks(new Uint8Array(32), time, hmacSha256);
  const [route] = streamRoutes({ files, links, places: new StreamPlaces() });
  if (route === undefined) throw new Error("no route");
  const calls = new RecordedCalls([exampleRow()]);
  const ask = async (path: string): Promise<ServiceResponse> =>
    await answerOf(route, calls, { url: `/stream/${path}` });
  return { ask, route };
}

function fileIn({ body }: ServiceResponse): FileBody {
  if (typeof body === "object" && "file" in body) return body;
  throw new Error("no file");
}

test("a stream takes a place until its response is closed", async (t) => {
  const { ask } = scene();
  const open = await Promise.all(Array.from({ length: 32 }, () => ask(`${torrent}/0`)));
  const full = await ask(`${torrent}/0`);
  t.is(full.status, 503);
  t.like(full.headers, { "Retry-After": "1" });
  t.like(jsonOf(full)["error"], { code: "too-many-streams" });
  fileIn(open[0] ?? full).closed();
  t.is((await ask(`${torrent}/0`)).status, 200);
});

test("a file whose bytes may come is answered at once, another one once its first byte is read", async (t) => {
  const waiting = fileIn(await scene().ask(`${torrent}/3`));
  t.like(waiting.file, { name: "film.mkv", lengthBytes: 10, tag: `${torrent}-3` });
  t.is(waiting.file.refused, undefined);
  const resting = scene(() => Promise.resolve({ ...film, mayWait: false }));
  t.is(typeof fileIn(await resting.ask(`${torrent}/3`)).file.refused, "function");
});

test("what is unknown is 404, and a state that is in the way 409", async (t) => {
  const failing = (code: string) => scene(() => Promise.reject(new TroupeError(code, "why")));
  const statuses = {
    "no-torrent": 404,
    "no-file": 404,
    "file-not-wanted": 409,
    "metadata-unknown": 409,
    quarantined: 409,
    "service-busy": 503,
  };
  for (const [code, status] of Object.entries(statuses)) {
    // One after the other. oxlint-disable-next-line no-await-in-loop
    const answer = await failing(code).ask(`${torrent}/0`);
    t.is(answer.status, status, code);
    t.like(jsonOf(answer)["error"], { code });
  }
  const { ask } = scene();
  t.is((await ask(`${torrent}/x`)).status, 404);
});

test("a bug of a reading is no answer about the file", async (t) => {
  const { ask } = scene(() => Promise.reject(new Error("bug")));
  await t.throwsAsync(ask(`${torrent}/0`), { message: "bug" });
});
