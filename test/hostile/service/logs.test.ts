// `troupe serve --log-level debug`, with calls of all kinds: no password, token, cookie, session id or passkey in what it prints
// and logs.

import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { temporaryFolder } from "../../support/files/temporary-folder.ts";
import { freePort } from "../../support/programs/free-port.ts";
import { startProcess } from "../../support/programs/process.ts";
import { buildTorrent } from "../../support/service/named-torrent.ts";
import { until } from "../../support/time/until.ts";

const program = fileURLToPath(new URL("../../../packages/cli/bin/troupe.mjs", import.meta.url));
const password = "the-password-of-the-owner";
const wrong = "a-wrong-password-of-a-stranger";
const passkey = "0123456789passkey9876543210";
const userOfTracker = "tracker-user:tracker-password";

/** A tracker that repeats the passkey in its error. @returns Its host and port, and the requests so far. */
async function tracker(t: ExecutionContext) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const reason = `http://127.0.0.1/${passkey}/announce is unknown`;
    response.end(`d14:failure reason${reason.length}:${reason}e`);
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  t.teardown(() => server.close());
  return { asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

interface Session {
  readonly url: string;
  readonly metainfo: string;
  readonly announce: string;
}

/** Logs in and calls in all ways. @returns The secrets that the service gave out. */
async function callAll({ url, metainfo, announce }: Session): Promise<string[]> {
  const basic = (text: string) => `Basic ${Buffer.from(`troupe:${text}`).toString("base64")}`;
  const authorization = basic(password);
  const json = { "content-type": "application/json" };
  const rpc = `${url}/transmission/rpc`;
  const first = await fetch(rpc, { method: "POST", body: "{}", headers: { authorization } });
  const id = first.headers.get("x-transmission-session-id") ?? "";
  const call = async (method: string, given: object): Promise<void> => {
    const body = JSON.stringify({ method, arguments: given });
    const headers = { authorization, "x-transmission-session-id": id, ...json };
    await (await fetch(rpc, { method: "POST", body, headers })).text();
  };
  await call("torrent-add", { metainfo });
  await call("torrent-add", { filename: `http://127.0.0.1:1/${passkey}/x.torrent` });
  await call("torrent-set", { ids: [1], trackerList: announce });
  await call("session-set", { "rpc-password": password, "default-trackers": announce });
  const login = new URLSearchParams({ username: "troupe", password });
  const logged = await fetch(`${url}/api/v2/auth/login`, { method: "POST", body: login });
  const [cookie = ""] = (logged.headers.get("set-cookie") ?? "").split(";");
  const form = new URLSearchParams({ hash: "x", urls: announce });
  for (const path of ["torrents/addTrackers", "torrents/add", "auth/logout"])
    await fetch(`${url}/api/v2/${path}`, { method: "POST", body: form, headers: { cookie } });
  for (const wrongly of [basic(wrong), `Bearer ${wrong}`])
    await fetch(`${url}/api/v1/torrents`, { headers: { authorization: wrongly } });
  await fetch(`${url}/${passkey}?token=${wrong}`, { headers: { cookie } });
  await fetch(`${url}/api/v1/torrents`, {
    headers: { cookie, origin: `http://${passkey}.example` },
  });
  return [id, cookie.replace(/^SID=/, "")];
}

test("no password, token, cookie, session id or passkey is in the output and the log of a service", async (t) => {
  using folder = temporaryFolder("logs");
  const { asked, host } = await tracker(t);
  const announce = `http://${userOfTracker}@${host}/${passkey}/announce`;
  const at = (name: string): string => join(folder.path, name);
  writeFileSync(at("password"), password, { mode: 0o600 });
  writeFileSync(at("settings.yaml"), 'localHosts: ["127.0.0.1"]\n');
  const port = await freePort();
  const quiet = ["--no-dht", "--no-lsd", "--no-port-mapping", "--port", "0", "--bind", "127.0.0.1"];
  const places = [
    "--dir",
    at("data"),
    "--state-dir",
    at("state"),
    "--settings",
    at("settings.yaml"),
  ];
  const words = ["serve", ...places, "--listen", `127.0.0.1:${port}`, ...quiet];
  const environment = { TROUPE_PASSWORD_FILE: at("password") };
  const secrets: string[] = [password, wrong, passkey, "tracker-password"];
  const texts: string[] = [];
  for (const logging of [[], ["--log-file", at("log")]]) {
    const command = [process.execPath, program, ...words, "--log-level", "debug", ...logging];
    await using service = await startProcess(command, { environment });
    await service.lineWhere("a place", (line) => line.includes("remotes connect to") || undefined);
    const before = asked.length;
    const url = `http://127.0.0.1:${port}`;
    const metainfo = buildTorrent(`film ${texts.length}`, announce).toString("base64");
    secrets.push(...(await callAll({ url, metainfo, announce })));
    await until("an announce", () => asked.length > before);
    await service.stop();
    texts.push(service.lines.join("\n"));
  }
  texts.push(readFileSync(at("log"), "utf8"));
  t.true(texts[0]?.includes("film 0"));
  t.regex(texts[2] ?? "", /"name":"http"/);
  t.deepEqual(
    secrets.filter((secret) => secret.length < 10),
    [],
  );
  for (const secret of secrets)
    for (const [index, text] of texts.entries())
      t.false(text.includes(secret), `${secret} in ${index}: ${lineWith(text, secret)}`);
});

function lineWith(text: string, secret: string): string {
  return (
    text
      .split("\n")
      .find((line) => line.includes(secret))
      ?.slice(0, 300) ?? ""
  );
}
