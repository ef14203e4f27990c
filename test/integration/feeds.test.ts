// Feeds and rules of a service, with a real server.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceOptions } from "@troupe/service";
import test from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { FeedServer, lookAt, lookOver, torrentNames } from "../support/service/feed-server.ts";
import { ServedProcess } from "../support/service/served-process.ts";
import { Served, type Asked } from "../support/service/served.ts";

const own = { isLocal: true } as const;

/** A service whose settings file names the feed `f` of a server. */
function settings(server: FeedServer, rules: readonly object[], more: object = {}) {
  return {
    feeds: [{ name: "f", url: `${server.origin}/feed` }],
    feedRules: rules as NonNullable<ServiceOptions["feedRules"]>,
    ...more,
  };
}

test.serial(
  "H05: a rule takes an item once, over looks, restarts, and the removal of its torrent",
  async (t) => {
    await using server = await FeedServer.listen();
    using folder = temporaryFolder("feeds");
    server.documents.set("/feed", server.rss("Show S01E02", "Show S01E01", "Other"));
    const options = settings(server, [{ name: "r", words: "show", state: "stopped" }], {
      folder: folder.path,
    });
    {
      await using served = await Served.open(options);
      t.like(await lookAt(served, "f"), { items: 3, taken: 2, failures: 0 });
      t.deepEqual(await torrentNames(served), ["Show S01E01", "Show S01E02"]);
      t.like(await lookAt(served, "f"), { taken: 2 });
      t.is(server.paths.filter((path) => path.startsWith("/torrents")).length, 2);
      const { body } = await served.ask("/api/v1/torrents", own);
      for (const { torrent } of body.torrents as { torrent: string }[])
        await served.run("remove", { torrent });
    }
    await using served = await Served.open(options);
    t.like(await lookAt(served, "f"), { items: 3, taken: 2 });
    t.deepEqual(await torrentNames(served), []);
    server.documents.set("/feed", server.rss("Show S01E03", "Show S01E02"));
    t.like(await lookAt(served, "f"), { items: 2, taken: 3 });
    t.deepEqual(await torrentNames(served), ["Show S01E03"]);
  },
);

test.serial("H05: a torrent that is there counts as taken", async (t) => {
  await using server = await FeedServer.listen();
  server.documents.set("/feed", server.rss("Show S01E01"));
  await using served = await Served.open(settings(server, [{ name: "r", words: "*" }]));
  await served.run("add", { source: `${server.origin}/torrents/Show%20S01E01`, state: "stopped" });
  t.like(await lookAt(served, "f"), { taken: 1, failures: 0 });
  t.is((await torrentNames(served)).length, 1);
});

test.serial(
  "H05: RSS 2, Atom, RDF and an indexer's torznab bring torrents; the group, labels, folder and state of a rule",
  async (t) => {
    await using server = await FeedServer.listen();
    using folder = temporaryFolder("feeds");
    const { origin } = server;
    const magnet = `magnet:?xt=urn:btih:${"a".repeat(40)}`;
    server.documents.set(
      "/atom",
      `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>1</id><title>atom</title><link rel="enclosure" href="torrents/atom"/></entry></feed>`,
    );
    server.documents.set(
      "/rdf",
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>c</title></channel><item rdf:about="x"><title>rdf</title><link>${origin}/torrents/rdf</link></item></rdf:RDF>`,
    );
    server.documents.set("/dl", (response) => response.writeHead(301, { location: magnet }).end());
    server.documents.set(
      "/torznab?t=search&apikey=k",
      `<rss version="2.0" xmlns:torznab="http://torznab.com/schemas/2015/feed"><channel><item><title>indexed</title><guid>g</guid><link>${origin}/dl</link><enclosure url="${origin}/dl" length="700" type="application/x-bittorrent"/><torznab:attr name="seeders" value="4"/></item></channel></rss>`,
    );
    server.documents.set("/rss", server.rss("rss"));
    const names = {
      rss: "/rss",
      atom: "/atom",
      rdf: "/rdf",
      torznab: "/torznab?t=search&apikey=k",
    };
    const rule = { name: "r", words: "*", state: "stopped", group: "g", labels: ["l"] } as const;
    const directory = join(folder.path, "elsewhere");
    await using served = await Served.open({
      feeds: Object.entries(names).map(([name, path]) => ({ name, url: origin + path })),
      feedRules: [{ ...rule, directory }],
    });
    for (const name of Object.keys(names))
      t.like(await lookAt(served, name), { taken: 1, failures: 0 }, name);
    const { body } = await served.ask("/api/v1/torrents", own);
    const rows = body.torrents as { name: string; torrent: string }[];
    t.is(rows.length, 4);
    for (const row of rows) t.like(row, { state: "stopped", group: "g", labels: ["l"], directory });
    t.true(rows.some(({ torrent }) => torrent === "a".repeat(40)));
    const items = (await served.ask("/api/v1/feeds/torznab/items", own)).body.result as object[];
    t.like(items[0], { title: "indexed", sizeBytes: 700, seeders: 4, state: "taken" });
  },
);

test.serial("H05: a server that knows the document sends no other one", async (t) => {
  await using server = await FeedServer.listen();
  const seen: (string | undefined)[] = [];
  server.documents.set("/feed", (response, { headers }) => {
    seen.push(headers["if-none-match"], headers["if-modified-since"]);
    if (headers["if-none-match"] === '"v1"') return void response.writeHead(304).end();
    const modified = "Fri, 27 Nov 2026 10:00:00 GMT";
    response.writeHead(200, { etag: '"v1"', "last-modified": modified }).end(server.rss("a"));
  });
  await using served = await Served.open(settings(server, []));
  t.like(await lookAt(served, "f"), { items: 1 });
  t.like(await lookAt(served, "f"), { items: 1, failures: 0 });
  const known = ['"v1"', "Fri, 27 Nov 2026 10:00:00 GMT"];
  t.deepEqual(seen, [undefined, undefined, ...known]);
  // Other rules may take items of a document that has not changed.
  const rules = [{ name: "all", words: "*", state: "stopped" }];
  await served.ask("/api/v1/feed-rules", { ...own, body: { rules } });
  t.like(await lookAt(served, "f"), { taken: 1 });
  t.deepEqual(seen, [undefined, undefined, ...known, undefined, undefined]);
});

test.serial(
  "H05: one torrent of each episode, over feeds; a better copy where the rule says so",
  async (t) => {
    await using server = await FeedServer.listen();
    server.documents.set("/feed", server.rss("Show S01E02 b", "Show S01E02 a", "Show S01E01"));
    server.documents.set("/other", server.rss("Show S01E02 PROPER", "show.1x02", "Show S01E03"));
    const rule = {
      name: "r",
      words: "show",
      oncePerEpisode: true,
      repacks: true,
      state: "stopped",
    };
    const options = settings(server, [rule]);
    const feeds = [...options.feeds, { name: "other", url: `${server.origin}/other` }];
    await using served = await Served.open({ ...options, feeds });
    await lookAt(served, "f");
    await lookAt(served, "other");
    t.deepEqual(await torrentNames(served), [
      ...["Show S01E01", "Show S01E02 PROPER", "Show S01E02 a", "Show S01E03"],
    ]);
  },
);

test.serial(
  "H05: a dry run shows what a rule would take and why not the others, and adds nothing",
  async (t) => {
    await using server = await FeedServer.listen();
    server.documents.set(
      "/feed",
      server.rss("Show S01E02 b", "Show S01E02 a", "Show S02E01", "Film"),
    );
    await using served = await Served.open(settings(server, []));
    await lookAt(served, "f");
    const rule = {
      name: "r",
      words: "show",
      pattern: "S0[12]",
      episodesTo: "S01",
      oncePerEpisode: true,
    };
    const tried = await served.ask("/api/v1/feed-rules/try", { ...own, body: { rule } });
    t.is(tried.status, 200);
    const { items, ...counts } = tried.body.result;
    t.deepEqual(counts, { takes: 1, leftOut: 0 });
    t.deepEqual(
      (items as { title: string; takes: boolean; why?: string }[]).map(({ title, takes, why }) => [
        title,
        takes,
        why,
      ]),
      [
        ["Show S01E02 a", true, undefined],
        ["Show S01E02 b", false, "episode-taken"],
        ["Show S02E01", false, "episode"],
        ["Film", false, "words"],
      ],
    );
    t.deepEqual(await torrentNames(served), []);
    t.deepEqual(server.paths, ["/feed"]);
    const wrong = { rule: { name: "r", pattern: "(" } };
    t.is((await served.ask("/api/v1/feed-rules/try", { ...own, body: wrong })).status, 400);
  },
);

test.serial(
  "H05: remotes add, change and remove feeds and set rules by their right, over restarts",
  async (t) => {
    await using server = await FeedServer.listen();
    using folder = temporaryFolder("feeds");
    server.documents.set("/feed?passkey=secret", server.rss("Show S01E01"));
    const options = { folder: folder.path, engine: { localHosts: ["127.0.0.1"] } };
    {
      await using served = await Served.open(options);
      const control = { headers: await served.token("control") };
      const read = { headers: await served.token("read") };
      const feed = { name: "mine", url: `${server.origin}/feed?passkey=secret`, interval: 600 };
      t.is((await served.ask("/api/v1/feeds", { ...read, body: feed })).status, 403);
      const rules = [{ name: "all", words: "*", state: "stopped" }];
      t.is((await served.ask("/api/v1/feed-rules", { ...control, body: { rules } })).status, 200);
      t.is((await served.ask("/api/v1/feeds", { ...control, body: feed })).status, 200);
      const again = await served.ask("/api/v1/feeds", {
        ...control,
        body: { ...feed, name: "MINE" },
      });
      t.is(again.body.error.code, "feed-exists");
      t.like(await lookOver(served, "mine"), { taken: 1 });
      const shown = await served.ask("/api/v1/feeds", read);
      t.notRegex(shown.text, /secret/);
      t.regex((await served.ask("/api/v1/feeds", control)).text, /secret/);
      const outside = { rules: [{ name: "x", words: "*", directory: "/etc" }] };
      t.is((await served.ask("/api/v1/feed-rules", { ...control, body: outside })).status, 403);
      const wrong = {
        rules: [
          { name: "x", words: "*" },
          { name: "X", words: "*" },
        ],
      };
      t.is((await served.ask("/api/v1/feed-rules", { ...control, body: wrong })).status, 400);
      const slower = { ...control, body: { interval: 900 } };
      t.is((await served.ask("/api/v1/feeds/MINE", slower)).status, 200);
    }
    await using served = await Served.open(options);
    const control = { headers: await served.token("control") };
    t.deepEqual((await served.ask("/api/v1/feed-rules", control)).body.result, [
      { rule: { name: "all", words: "*", state: "stopped" }, from: "api" },
    ]);
    t.like((await served.ask("/api/v1/feeds", control)).body.result[0], {
      ...{ name: "mine", taken: 1, interval: 900 },
    });
    const removed = await served.ask("/api/v1/feeds/mine/remove", { ...control, method: "POST" });
    t.is(removed.status, 200);
    t.deepEqual((await served.ask("/api/v1/feeds", control)).body.result, []);
    const gone = await served.ask("/api/v1/feeds/mine/look", { ...control, method: "POST" });
    t.is(gone.body.error.code, "no-feed");
  },
);

test.serial(
  "H05: feeds and rules of the settings file are read-only, and come first",
  async (t) => {
    await using server = await FeedServer.listen();
    server.documents.set("/feed", server.rss("x"));
    await using served = await Served.open(settings(server, [{ name: "r", words: "x" }]));
    for (const path of ["feeds/f/remove", "feeds/f"]) {
      const { body } = await served.ask(`/api/v1/${path}`, { ...own, body: {} });
      t.is(body.error.code, "feed-read-only", path);
    }
    const rules = [{ name: "later", words: "x" }];
    t.is((await served.ask("/api/v1/feed-rules", { ...own, body: { rules } })).status, 200);
    const shown = (await served.ask("/api/v1/feed-rules", own)).body.result as { from: string }[];
    t.deepEqual(
      shown.map(({ from }) => from),
      ["settings", "api"],
    );
    const taken = { rules: [{ name: "R", words: "x" }] };
    t.is((await served.ask("/api/v1/feed-rules", { ...own, body: taken })).status, 400);
  },
);

test.serial("H05: an item whose torrent cannot be fetched is shown, and tried again", async (t) => {
  await using server = await FeedServer.listen();
  let isDown = true;
  server.documents.set("/feed", server.rss("x"));
  server.documents.set("/torrents/x", (response) => {
    if (isDown) return void response.writeHead(503).end();
    server.documents.delete("/torrents/x");
    return void response.writeHead(302, { location: "/torrents/x" }).end();
  });
  await using served = await Served.open(
    settings(server, [{ name: "r", words: "x", state: "stopped" }]),
  );
  t.like(await lookAt(served, "f"), { taken: 0, failures: 0 });
  const [item] = (await served.ask("/api/v1/feeds/f/items", own)).body.result as object[];
  t.like(item, { state: "failed", error: { code: "feed-not-fetched" } });
  isDown = false;
  t.like(await lookAt(served, "f"), { taken: 1 });
  t.deepEqual(await torrentNames(served), ["x"]);
});

/** A process without a password, as tests of {@link Served} ask it. */
function asked(process: ServedProcess) {
  return {
    ask: async (path: string, { body, method }: Asked) => {
      const response = await fetch(`http://127.0.0.1:${process.port}${path}`, {
        method: method ?? (body === undefined ? "GET" : "POST"),
        headers: { "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: {}, text, body: JSON.parse(text) };
    },
  };
}

test.serial(
  "H05: a service of a settings file that is killed between the fetch of a torrent and its record loses none, and adds none twice",
  async (t) => {
    await using server = await FeedServer.listen();
    using folder = temporaryFolder("feeds");
    const path = join(folder.path, "settings.yaml");
    writeFileSync(
      path,
      `feeds:
  - { name: local, url: "${server.origin}/feed", interval: 1m }
feedRules:
  - name: shows
    words: show
    exclude: cam
    maxAge: 7d
    episodesFrom: S01E01
    oncePerEpisode: true
    state: stopped
`,
    );
    const titles = ["Show S01E01", "Show S01E02", "Show S01E02 other", "Show S01E03", "Show CAM"];
    server.documents.set("/feed", server.rss(...titles.toReversed()));
    const options = { folder: folder.path, arguments: ["--settings", path, "--no-auth"] };
    for (const killAt of ["request", "response"] as const) {
      // A service looks by itself, too, at a random moment after its start.
      const reached = Promise.withResolvers<void>();
      const name = killAt === "request" ? "Show S01E01" : "Show S01E02";
      server.documents.set(`/torrents/${encodeURIComponent(name)}`, (response) => {
        if (killAt === "response") response.once("finish", () => reached.resolve());
        else reached.resolve();
        server.documents.delete(`/torrents/${encodeURIComponent(name)}`);
        if (killAt === "response")
          response.writeHead(302, { location: `/torrents/${encodeURIComponent(name)}` }).end();
      });
      await using process = await ServedProcess.start(options);
      const served = asked(process);
      const look = served
        .ask("/api/v1/feeds/local/look", { method: "POST" })
        .catch(() => undefined);
      await reached.promise;
      await process.kill();
      await look;
    }
    await using process = await ServedProcess.start(options);
    const served = asked(process);
    t.like(await lookAt(served, "local"), { taken: 3, failures: 0 });
    t.deepEqual(await torrentNames(served), ["Show S01E01", "Show S01E02", "Show S01E03"]);
    const before = server.paths.filter((each) => each.startsWith("/torrents")).length;
    t.like(await lookAt(served, "local"), { taken: 3 });
    t.is(server.paths.filter((each) => each.startsWith("/torrents")).length, before);
  },
);
