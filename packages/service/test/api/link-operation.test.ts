import test from "ava";
import { apiParts, apiRoute } from "../support/api.ts";
import { exampleRow } from "../support/example-row.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf, jsonOf } from "../support/request.ts";

const { torrent } = exampleRow();
const path = `/api/v1/torrents/${torrent}/stream-link`;

test("a link names the host of the request, its file or the playlist, and its end", async (t) => {
  const { links } = apiParts();
  const calls = new RecordedCalls([exampleRow({ files: 2 })]);
  const route = apiRoute("GET", "torrents/:torrent/stream-link");
  for (const [query, file] of [
    ["", "playlist"],
    ["?file=0", 0],
    ["?file=1", 1],
  ] as const) {
    // One after the other. oxlint-disable-next-line no-await-in-loop
    const response = await answerOf(route, calls, { url: path + query });
    const expires = links.nextExpiry;
    const link = links.make({ torrent, file }, expires);
    const result = { url: `http://service.test${link}`, path: link, expires };
    t.deepEqual(jsonOf(response), { result, version: 1 });
  }
});

test("a file that is not there is 404, and another parameter is refused", async (t) => {
  const calls = new RecordedCalls([exampleRow({ files: 2 })]);
  const route = apiRoute("GET", "torrents/:torrent/stream-link");
  const codes = {
    "?file=2": "no-file",
    "?file=-1": "option-out-of-range",
    "?name=a": "option-unknown",
  };
  for (const [query, code] of Object.entries(codes)) {
    // One after the other. oxlint-disable-next-line no-await-in-loop
    const response = await answerOf(route, calls, { url: path + query });
    t.is(response.status, code === "no-file" ? 404 : 400);
    t.like(jsonOf(response)["error"], { code });
  }
  const other = path.replace(torrent, "b".repeat(40));
  t.is((await answerOf(route, calls, { url: other })).status, 404);
});
