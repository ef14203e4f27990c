import type { Http, HttpReply, MayDial } from "@troupe/actor-runtime";
import test from "ava";
import { fetchLink, hopRule } from "../../../../src/automation/feeds/look/fetch-link.ts";

const strangers: MayDial = () => false;

/** A web of redirects. A URL without one is a document. */
function webOf(redirects: Readonly<Record<string, string>>, asked: (string | boolean)[] = []) {
  const http: Pick<Http, "get"> = {
    get: (url, { mayDial, redirects: how }): Promise<HttpReply> => {
      asked.push(url, mayDial === undefined);
      const location = how === "return" ? redirects[url] : undefined;
      const body = Buffer.from("document");
      return Promise.resolve({
        ...{ status: location === undefined ? 200 : 302, body, url },
        ...(location !== undefined && { location }),
      });
    },
  };
  return { http, mostBytes: 100, signal: new AbortController().signal };
}

test("a feed of the settings file may be local: by scheme, host and port, until a fetch leaves it", async (t) => {
  const own = "http://10.0.0.1:9696/feed";
  const steps = {
    [own]: "/moved",
    "http://10.0.0.1:9696/moved": "http://10.0.0.1:9697/x",
    "http://10.0.0.1:9697/x": own,
  };
  const asked: (string | boolean)[] = [];
  const loop = fetchLink(own, { ...webOf(steps, asked), rule: hopRule(own, strangers) });
  await t.throwsAsync(loop, { code: "feed-not-fetched", message: /redirects more than 5/ });
  t.deepEqual(asked.slice(0, 8), [
    ...[own, true, "http://10.0.0.1:9696/moved", true],
    ...["http://10.0.0.1:9697/x", false, own, false],
  ]);
  t.is(asked.length, 12);
});

test("a feed of a remote has the rule for strangers at every hop", async (t) => {
  const asked: (string | boolean)[] = [];
  const web = webOf({ "http://a/": "http://b/" }, asked);
  const got = await fetchLink("http://a/", { ...web, rule: hopRule(undefined, strangers) });
  t.is(got.kind, "body");
  t.deepEqual(asked, ["http://a/", false, "http://b/", false]);
});

test("H05: no redirect leads to another scheme; to a magnet link where one is looked for", async (t) => {
  const rule = hopRule(undefined, strangers);
  for (const target of ["file:///etc/passwd", "ftp://a/", "data:,x", "http://", "magnet:?xt=1"]) {
    const web = webOf({ "http://a/": target });
    const error = await t.throwsAsync(fetchLink("http://a/", { ...web, rule }), {
      code: "feed-not-fetched",
    });
    t.notRegex(error.message, /passwd/);
  }
  const web = webOf({ "http://a/": "magnet:?xt=1" });
  const got = await fetchLink("http://a/", { ...web, rule, takesMagnets: true });
  t.deepEqual(got, { kind: "magnet", link: "magnet:?xt=1" });
  await t.throwsAsync(fetchLink("file:///x", { ...web, rule }), { code: "feed-not-fetched" });
});
