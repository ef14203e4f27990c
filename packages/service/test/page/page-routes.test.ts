import test from "ava";
import { pageFiles, type BuiltPage } from "../../src/page/page-files.ts";
import { pageRoutes } from "../../src/page/page-routes.ts";
import { answerOf, jsonOf } from "../support/request.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";

const page: BuiltPage = new Map(
  pageFiles.map(({ file }) => [
    file,
    { plain: Buffer.from(file), gzip: Buffer.from(`${file}.gz`), tag: `"${file}"` },
  ]),
);

async function get(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  { base = "http://service.test", read = async () => page } = {},
) {
  const route = pageRoutes(read).find((each) => each.path === path);
  if (route === undefined) throw new Error(`there is no ${path}`);
  return await answerOf(route, new RecordedCalls([]), { url: path, headers, base });
}

test("each file of the page is open to all, by GET, under one fixed name", (t) => {
  for (const { isOpen, isPage, method, body } of pageRoutes(async () => page))
    t.deepEqual(
      { isOpen, isPage, method, body },
      { isOpen: true, isPage: true, method: "GET", body: "none" },
    );
  t.deepEqual(
    pageFiles.map(({ path }) => path),
    ["/", "/page.js", "/chunk.js", "/later.js", "/page.css", "/stream-worker.js", "/icon.svg"],
  );
});

test("a file comes by gzip where the browser takes it, with its type", async (t) => {
  const plain = await get("/page.js");
  t.is(Buffer.from(plain.body as Uint8Array).toString(), "page.js");
  t.is(plain.headers?.["Content-Type"], "text/javascript; charset=utf-8");
  t.is(plain.headers?.["Content-Encoding"], undefined);
  const zipped = await get("/", { "accept-encoding": "br, gzip" });
  t.is(Buffer.from(zipped.body as Uint8Array).toString(), "index.html.gz");
  t.is(zipped.headers?.["Content-Encoding"], "gzip");
  t.is(zipped.headers?.["Vary"], "Accept-Encoding");
});

test("a browser that has the file gets 304, and asks again each time", async (t) => {
  const answer = await get("/page.css", { "if-none-match": '"other", "page.css"' });
  t.is(answer.status, 304);
  t.is(answer.body, undefined);
  t.is(answer.headers?.["Cache-Control"], "no-cache");
});

test("the opener's policy comes where browsers take it: by TLS and on this machine", async (t) => {
  const policyAt = async (base: string) =>
    (await get("/", {}, { base })).headers?.["Cross-Origin-Opener-Policy"];
  for (const base of [
    "https://a.example/x",
    "http://127.0.0.1:9091",
    "http://localhost",
    "http://[::1]:1",
  ])
    t.is(await policyAt(base), "same-origin", base);
  for (const base of ["http://192.168.7.7:9091", "http://a.example", "http://localhost.example"])
    t.is(await policyAt(base), undefined, base);
});

test("the base path without its / leads to the page, at the same host", async (t) => {
  const { headers, status } = await get("", {}, { base: "http://a.example/troupe" });
  t.is(status, 308);
  t.is(headers?.["Location"], "/troupe/");
});

test("a page that is not built is 404 with a sentence, and is looked for again", async (t) => {
  let reads = 0;
  const routes = pageRoutes(async () => {
    if (++reads === 1) throw new Error("no such file");
    return page;
  });
  const [first] = routes;
  if (first === undefined) throw new Error("there is no route");
  const calls = new RecordedCalls([]);
  const answer = await answerOf(first, calls, { url: "/" });
  t.is(answer.status, 404);
  t.like(jsonOf(answer), { error: { code: "page-not-built" } });
  t.is((await answerOf(first, calls, { url: "/" })).status, 200);
  t.is((await answerOf(first, calls, { url: "/" })).status, 200);
  t.is(reads, 2);
});
