// Script, HTML and control characters in the names of torrents and in the errors of trackers (CVE-2021-3427, CVE-2017-6504):
// answers are JSON or text that no browser runs, and no line of the log ends within a name.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "ava";
import { buildTorrent } from "../../support/service/named-torrent.ts";
import { guardFields } from "../../support/service/raw-request.ts";
import { Served } from "../../support/service/served.ts";
import { until } from "../../support/time/until.ts";

const script = "<script>alert(1)</script><img src=x onerror=alert(2)>";

test("case 95: script in a name and a tracker's error is data: JSON or text, nosniff, a policy that runs nothing", async (t) => {
  const tracker = createServer((_, response) => {
    const reason = `${script}\u0007`;
    response.end(`d14:failure reason${Buffer.byteLength(reason)}:${reason}e`);
  });
  await new Promise<void>((done) => void tracker.listen(0, "127.0.0.1", done));
  t.teardown(() => tracker.close());
  const announce = `http://127.0.0.1:${(tracker.address() as AddressInfo).port}/announce`;
  await using served = await Served.open();
  const metainfo = buildTorrent(script.replaceAll("/", ""), announce).toString("base64");
  const { body } = await served.run("add", { metainfo });
  const torrent = String(body.result);
  await until("the tracker has answered", async () =>
    (await served.run("tiers", { torrent })).text.includes("alert(1)"),
  );
  const headers = await served.token("control");
  const paths = [
    "/api/v1/torrents",
    `/api/v1/torrents/${torrent}`,
    `/api/v1/commands/tiers?torrent=${torrent}`,
    "/api/v2/torrents/info",
    `/api/v2/torrents/trackers?hash=${torrent}`,
    `/api/v2/torrents/files?hash=${torrent}`,
    "/api/v2/sync/maindata",
    `/api/v2/torrents/export?hash=${torrent}`,
    `/${encodeURIComponent(script)}`,
    `/api/v1/torrents/${encodeURIComponent(script)}`,
    "/metrics",
  ];
  for (const path of paths) {
    const answer = await served.ask(path, { headers });
    for (const field of guardFields) t.true(field in answer.headers, `${path}: ${field}`);
    t.is(answer.headers["x-content-type-options"], "nosniff", path);
    t.regex(String(answer.headers["content-security-policy"]), /default-src 'none'/, path);
    const type = answer.headers["content-type"] ?? "";
    t.regex(type, /^(?:application\/(?:json|x-bittorrent)|text\/plain)/, path);
  }
});

test("control characters in a name end no line of the log, and no field of a response", async (t) => {
  await using served = await Served.open();
  const name = "a\r\nSet-Cookie: x=y\r\n\u001b]0;owned\u0007\u202eb";
  const metainfo = buildTorrent(name).toString("base64");
  await served.run("add", { metainfo, state: "stopped" });
  const { headers, text } = await served.ask("/api/v1/torrents", { isLocal: true });
  t.is(headers["set-cookie"], undefined);
  // oxlint-disable-next-line no-control-regex
  t.notRegex(text, /[\u0000-\u001f]/);
});
