import test from "ava";
import { announceUrl, scrapeUrl } from "@troupe/protocol/tracker";
import { infoHashFromBytes } from "@troupe/protocol/units";
import { ClientIds } from "../../../src/trackers/clients/client-ids.ts";
import { ClientPorts } from "../../../src/trackers/clients/tracker-swarms.ts";
import { HttpRequests } from "../../../src/trackers/http/http-request.ts";

const hash = infoHashFromBytes(Uint8Array.from({ length: 20 }, (_, i) => 13 * i));
const ids = new ClientIds(17, [hash], new ClientPorts(17));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

const urls: readonly (readonly [string, string, string])[] = [
  ["a tracker's URL", "http://10.0.0.1:6969/announce", "10.0.0.1:6969"],
  ["a URL with a passkey", "http://t.example/x/announce?passkey=a&peer_id=b%41", "t.example"],
  ["a URL without a path", "http://10.0.0.1:80", "10.0.0.1"],
  ["a URL with a slash in its query", "http://10.0.0.1?to=/announce", "10.0.0.1"],
];

for (const [title, url, host] of urls) {
  test(`an announce to ${title} has the query that the library makes`, (t) => {
    const requests = new HttpRequests(url, ids, 50);
    for (const event of ["started", undefined] as const) {
      const announce = { member: 6, event, downloaded: 5, left: 7 };
      const request = requests.announce(1, announce);
      const expected = announceUrl(url, {
        ...{ infoHash: hash, peerId: peerIdOf(6), port: ids.port(6), uploaded: 0, numWant: 50 },
        ...{ downloaded: 5, left: 7, key: ids.key(6).toString(16).padStart(8, "0") },
        ...(event !== undefined && { event }),
      });
      const path = expected.replace(/^http:\/\/[^/?]*/, "").replace(/^(?!\/)/, "/");
      t.is(request.path, path);
      const fields = `Host: ${host}\r\nUser-Agent: troupe-load-test\r\n\r\n`;
      t.is(text(requests.bytesOf(request)), `GET ${path} HTTP/1.1\r\n${fields}`);
    }
  });
}

test("a scrape goes to the path of scrapes, if the tracker has one", (t) => {
  const url = "http://10.0.0.1:6969/announce?passkey=a";
  const scrape = new HttpRequests(url, ids, 50).scrape(1, 6);
  t.is(scrapeUrl(url, [hash]) ?? "", `http://10.0.0.1:6969${scrape?.path}`);
  t.is(new HttpRequests("http://10.0.0.1/other", ids, 50).scrape(1, 6), undefined);
});

function peerIdOf(member: number): Uint8Array {
  const peerId = new Uint8Array(20);
  ids.fillPeerId(peerId, member);
  return peerId;
}
