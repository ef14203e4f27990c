// HTTPS trackers on loopback with certificates of test/fixtures/certificates, against a whole coordinator. The test trusts
// one authority. The environment asks Node not to check certificates.

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setDefaultCACertificates } from "node:tls";
import test, { type ExecutionContext } from "ava";
import { Coordinator, type TorrentUserEvent } from "@troupe/coordinator";
import { encodeAnnounceReply } from "@troupe/protocol/tracker";
import { writePayload } from "../support/files/payload.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { quiet } from "../support/swarm/quiet.ts";

const host = "127.0.0.1";
const pieceLengthBytes = 16_384;

function pem(name: string): string {
  return readFileSync(new URL(`../fixtures/certificates/${name}.pem`, import.meta.url), "utf8");
}

setDefaultCACertificates([pem("authority")]);
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";

/** A tracker with a certificate. @returns its address, and the requests so far. */
async function serve(t: ExecutionContext, certificate: string) {
  const requests: string[] = [];
  const server = createServer({ key: pem("key"), cert: pem(certificate) }, (request, response) => {
    requests.push(request.url ?? "");
    response.end(encodeAnnounceReply({ intervalSeconds: 1_800, peers: [], compact: true }));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.teardown(() => server.close());
  return { requests, url: `https://${host}:${(server.address() as AddressInfo).port}/announce` };
}

/** The first `tracker` event of a torrent with this tracker. */
async function firstEvent(url: string) {
  using folder = temporaryFolder("certificates");
  const files = 2 * pieceLengthBytes;
  const payload = writePayload({ folder: folder.path, name: "payload", pieceLengthBytes, files });
  await using coordinator = await Coordinator.start({
    ...quiet,
    port: 0,
    bind: [host],
    host: "inline",
  });
  const torrent = await coordinator.add(torrentBytes(payload, [url]), {
    directory: folder.path,
    start: false,
  });
  const { promise, resolve } =
    Promise.withResolvers<Extract<TorrentUserEvent, { event: "tracker" }>>();
  torrent.on("tracker", resolve);
  torrent.start();
  return await promise;
}

test("case 75: a certificate of a trusted authority for the tracker's address is accepted", async (t) => {
  const { requests, url } = await serve(t, "right");
  t.like(await firstEvent(url), { ok: true, peers: 0 });
  t.true(requests.length > 0);
});

for (const [certificate, reason] of [
  ["self-signed", /self-signed certificate/],
  ["expired", /certificate has expired/],
  ["wrong-host", /not in the cert's list/],
] as const) {
  test(`case 75: a certificate that is ${certificate} fails the announce before the request is sent`, async (t) => {
    const { requests, url } = await serve(t, certificate);
    const { ok, error = "" } = await firstEvent(url);
    t.false(ok);
    t.regex(error, /\[http-failed\]$/);
    t.regex(error, reason);
    t.deepEqual(requests, []);
  });
}
