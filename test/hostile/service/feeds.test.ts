// Feeds of strangers: addresses in the network of the service, documents that are bombs, and patterns that run for ever.

import { createGzip } from "node:zlib";
import { nodePorts } from "@troupe/actor-runtime";
import { ScriptedNameServer } from "@troupe/actor-runtime/testing";
import test from "ava";
import { FeedServer, lookAt, lookOver, torrentNames } from "../../support/service/feed-server.ts";
import { Served } from "../../support/service/served.ts";
import { every } from "../../support/time/every.ts";

const own = { isLocal: true } as const;
const everything = [{ name: "all", words: "*", state: "stopped" }] as const;

/** Adds a feed as a remote does, and waits for its first look. */
async function addFeed(served: Served, url: string, name = "mine") {
  const headers = await served.token("control");
  const added = await served.ask("/api/v1/feeds", { headers, body: { name, url } });
  if (added.status !== 200) throw new Error(added.text);
  return await lookOver(served, name);
}

/** An RSS feed of links. */
function rssOf(...links: readonly string[]): string {
  const items = links.map(
    (link, index) =>
      `<item><title>t${index}</title><guid>${index}</guid><link>${link}</link></item>`,
  );
  return `<rss version="2.0"><channel>${items.join("")}</channel></rss>`;
}

test.serial("H05: a remote adds no feed at file: or another scheme", async (t) => {
  await using served = await Served.open();
  const headers = await served.token("control");
  const urls = [
    "file:///etc/passwd",
    "ftp://a/b",
    "data:text/xml,x",
    "javascript:1",
    "/etc/passwd",
    "",
  ];
  for (const url of [...urls, "http://user:pass@a/", "feed:http://a/", "http://"]) {
    const answer = await served.ask("/api/v1/feeds", { headers, body: { name: "x", url } });
    t.is(answer.body.error.code, "option-out-of-range", url);
  }
});

test.serial(
  "H05: names of feeds and rules are no paths, and their letter case does not count",
  async (t) => {
    await using served = await Served.open();
    const headers = await served.token("control");
    const long = "x".repeat(65);
    const names = [
      "",
      ".",
      "..",
      "../x",
      "a/b",
      "a\\b",
      "a\u0000b",
      " a",
      "a\n",
      "é",
      "-a",
      ".a",
      long,
      7,
      null,
    ];
    for (const name of names) {
      const feed = await served.ask("/api/v1/feeds", {
        headers,
        body: { name, url: "http://a.example/" },
      });
      t.is(feed.body.error.code, "option-out-of-range", String(name));
      const rules = [{ name, words: "x" }];
      const rule = await served.ask("/api/v1/feed-rules", { headers, body: { rules } });
      t.is(rule.body.error.code, "option-out-of-range", String(name));
    }
    const rules = [
      { name: "__proto__", words: "x" },
      { name: "constructor", words: "x" },
    ];
    t.is((await served.ask("/api/v1/feed-rules", { headers, body: { rules } })).status, 200);
    const path = "/api/v1/feeds/..%2f..%2fpassword/look";
    t.not((await served.ask(path, { headers, method: "POST" })).status, 200);
  },
);

test.serial(
  "H05: a feed of a remote reaches no private address: directly, by redirect, or by an answer of the DNS",
  async (t) => {
    await using inner = await FeedServer.listen();
    await using outer = await FeedServer.listen("127.0.0.2");
    inner.documents.set("/feed", inner.rss("x"));
    outer.documents.set("/moved", (response) =>
      response.writeHead(302, { location: `${inner.origin}/feed` }).end(),
    );
    const names = await ScriptedNameServer.listen(
      nodePorts(),
      { host: "127.0.0.1", port: 0 },
      {
        udp: ({ family, name }) =>
          family === 4 ? { answers: [{ name, family, address: "127.0.0.1" }] } : {},
      },
    );
    t.teardown(() => names.close());
    const engine = { localHosts: ["127.0.0.2"], dns: [`127.0.0.1:${names.address.port}`] };
    await using served = await Served.open({ engine, feedRules: everything });
    const { port } = inner;
    const urls = [
      ...["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"].map(
        (host) => `http://${host}:${port}/feed`,
      ),
      ...["http://169.254.169.254/latest", "http://10.0.0.1/", "http://192.168.0.1/"],
      `http://127.0.0.2:${outer.port}/moved`,
      `http://rebound.example:${port}/feed`,
    ];
    for (const [index, url] of urls.entries()) {
      const shown = await addFeed(served, url, `f${index}`);
      t.is(shown.error?.code, "http-redirect-refused", `${url}: ${shown.error?.message}`);
      t.is(shown.items, 0);
    }
    t.deepEqual(outer.paths, ["/moved"]);
    t.deepEqual(inner.asked, []);
  },
);

test.serial(
  "H05: a link reaches no private address: directly, by redirect, or by an answer of the DNS",
  async (t) => {
    await using inner = await FeedServer.listen();
    await using outer = await FeedServer.listen("127.0.0.2");
    const { origin, port } = inner;
    const names = await ScriptedNameServer.listen(
      nodePorts(),
      { host: "127.0.0.1", port: 0 },
      {
        udp: ({ family, name }) =>
          family === 4 ? { answers: [{ name, family, address: "127.0.0.1" }] } : {},
      },
    );
    t.teardown(() => names.close());
    outer.documents.set("/away", (response) =>
      response.writeHead(307, { location: `${origin}/torrents/redirected` }).end(),
    );
    outer.documents.set("/to-file", (response) =>
      response.writeHead(302, { location: "file:///etc/passwd" }).end(),
    );
    const links = [
      ...[`${origin}/torrents/direct`, `http://[::ffff:127.0.0.1]:${port}/torrents/mapped`],
      ...[`http://127.0.0.2:${outer.port}/away`, `http://127.0.0.2:${outer.port}/to-file`],
      ...[`http://rebound.example:${port}/torrents/dns`, "file:///etc/passwd", "data:,d4:infodee"],
    ];
    outer.documents.set("/feed", rssOf(...links));
    const engine = { localHosts: ["127.0.0.2"], dns: [`127.0.0.1:${names.address.port}`] };
    await using served = await Served.open({ engine, feedRules: everything });
    t.like(await addFeed(served, `http://127.0.0.2:${outer.port}/feed`), { items: 7, taken: 0 });
    const items = (await served.ask("/api/v1/feeds/mine/items", own)).body.result;
    const ends = (items as { error?: { code: string } }[]).map(({ error }) => error?.code);
    t.deepEqual(ends, [
      ...["http-redirect-refused", "http-redirect-refused", "http-redirect-refused"],
      ...["feed-not-fetched", "http-redirect-refused", undefined, undefined],
    ]);
    t.deepEqual(inner.asked, []);
    t.deepEqual(await torrentNames(served), []);
  },
);

test.serial(
  "H05: a feed of the settings file is local, its links on its own host and port alone",
  async (t) => {
    await using server = await FeedServer.listen();
    await using other = await FeedServer.listen();
    server.documents.set("/jump", (response) =>
      response.writeHead(302, { location: `${other.origin}/torrents/jumped` }).end(),
    );
    const links = [`${server.origin}/torrents/own`, `${other.origin}/torrents/port`, "/jump"];
    server.documents.set("/feed", rssOf(...links));
    const feeds = [{ name: "f", url: `${server.origin}/feed` }];
    await using served = await Served.open({ feeds, feedRules: everything });
    t.like(await lookAt(served, "f"), { taken: 1, failures: 0 });
    t.deepEqual(await torrentNames(served), ["own"]);
    t.deepEqual(other.asked, []);
  },
);

const laughs = Array.from(
  { length: 20 },
  (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
).join("");

test.serial(
  "H05: bombs of entities, nesting, items and gzip end as errors of their feed; other feeds go on",
  async (t) => {
    await using server = await FeedServer.listen();
    const rss = (content: string): string =>
      `<rss version="2.0"><channel>${content}</channel></rss>`;
    const bombs: Readonly<Record<string, [string, string]>> = {
      entities: [
        `<!DOCTYPE rss [<!ENTITY l0 "ha">${laughs}]>${rss("<item><title>&l20;</title></item>")}`,
        "feed-refused",
      ],
      depth: [
        rss(`<item>${"<a>".repeat(100_000)}${"</a>".repeat(100_000)}</item>`),
        "feed-refused",
      ],
      items: [rss("<item/>".repeat(280_000)), "feed-refused"],
      million: [rss("<item/>".repeat(1_000_000)), "http-too-large"],
      attributes: [
        rss(`<item>${`<a ${"b='' ".repeat(99)}/>`.repeat(3_000)}</item>`),
        "feed-refused",
      ],
    };
    for (const [name, [text]] of Object.entries(bombs)) server.documents.set(`/${name}`, text);
    server.documents.set("/gzip", (response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      const zip = createGzip({ level: 9 });
      zip.pipe(response);
      const zeros = Buffer.alloc(1_024 ** 2);
      let left = 1_024;
      const write = (): void => {
        while (left-- > 0) if (!zip.write(zeros)) return void zip.once("drain", write);
        zip.end();
      };
      response.once("close", () => (left = 0));
      write();
    });
    server.documents.set("/good", server.rss("good"));
    const expected: Readonly<Record<string, string | undefined>> = {
      ...Object.fromEntries(Object.entries(bombs).map(([name, [, code]]) => [name, code])),
      gzip: "http-too-large",
      good: undefined,
    };
    const feeds = Object.keys(expected).map((name) => ({ name, url: `${server.origin}/${name}` }));
    await using served = await Served.open({ feeds, feedRules: everything, host: "threads" });
    const shown = await Promise.all(feeds.map(({ name }) => lookAt(served, name)));
    const codes = Object.fromEntries(shown.map(({ name, error }) => [name, error?.code]));
    t.deepEqual(codes, expected);
    t.deepEqual(await torrentNames(served), ["good"]);
  },
);

test.serial("H05: a server that drips holds up its own feed alone", async (t) => {
  await using server = await FeedServer.listen();
  const closed = Promise.withResolvers<void>();
  server.documents.set("/drip", (response) => {
    response.writeHead(200);
    const drips = every(20, () => response.write(" "));
    response.once("close", () => {
      drips[Symbol.dispose]();
      closed.resolve();
    });
  });
  server.documents.set("/good", server.rss("good"));
  const feeds = ["drip", "good"].map((name) => ({ name, url: `${server.origin}/${name}` }));
  const served = await Served.open({ feeds, feedRules: everything });
  await served.ask("/api/v1/feeds/drip/look", { ...own, method: "POST" });
  t.like(await lookAt(served, "good"), { taken: 1 });
  const list = (await served.ask("/api/v1/feeds", own)).body.result as { state: string }[];
  t.is(list[0]?.state, "looking");
  // The end of the service ends the fetch.
  await served[Symbol.asyncDispose]();
  await closed.promise;
  t.pass();
});

test.serial(
  "H05: a pattern that backtracks for ever switches its rule off with a reason; the next rule goes on",
  async (t) => {
    await using server = await FeedServer.listen();
    const title = `${"a".repeat(60)}!`;
    server.documents.set("/feed", server.rss("show one", title));
    const feeds = [{ name: "f", url: `${server.origin}/feed` }];
    const feedRules = [
      { name: "evil", pattern: "^(a+)+$" },
      { name: "good", words: "show", state: "stopped" },
    ] as const;
    await using served = await Served.open({ feeds, feedRules, host: "threads" });
    t.like(await lookAt(served, "f"), { taken: 1, failures: 0 });
    t.deepEqual(await torrentNames(served), ["show one"]);
    const [evil, good] = (await served.ask("/api/v1/feed-rules", own)).body.result;
    t.regex(evil.off, /too long at the title "aaaa.*50 ms/);
    t.is(good.off, undefined);
    t.deepEqual(
      served.warnings.filter((code) => code === "pattern-late"),
      ["pattern-late"],
    );
    const rule = { name: "x", pattern: "^(a|a)*$" };
    const tried = await served.ask("/api/v1/feed-rules/try", { ...own, body: { rule } });
    t.is(tried.body.error.code, "pattern-late");
  },
);
