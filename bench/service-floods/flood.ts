// A flood, in a process of its own: `flood.ts heads PORT` or `flood.ts guesses PORT`, until it is ended. Prints a line once it
// is under way.

import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { addressesOf, SlowHeads } from "../../test/support/service/floods.ts";

const [kind = "", port = ""] = process.argv.slice(2);
/** Guesses that have no answer yet; further ones are not sent. */
const mostWaiting = 2_000;
const wrong = Buffer.from("troupe:of a stranger").toString("base64");

if (kind === "heads") {
  const slow = new SlowHeads(Number(port), addressesOf(3, 64), 1_000);
  await slow.opened();
  console.log("under way");
} else {
  console.log("under way");
  await guess();
}

/** 100 guesses each 100 ms, of 1,000 addresses in turn. */
async function guess(): Promise<never> {
  const addresses = addressesOf(4, 1_000);
  let waiting = 0;
  for (let sent = 0; ; await delay(100)) {
    for (let index = 0; index < 100 && waiting < mostWaiting; index++) {
      waiting++;
      const asked = request({
        ...{ host: "127.0.0.1", port, path: "/api/v1/torrents", agent: false },
        localAddress: addresses[sent++ % addresses.length],
        headers: { authorization: `Basic ${wrong}` },
      });
      asked.on("response", (response) => response.resume());
      asked.on("error", () => undefined);
      asked.on("close", () => waiting--);
      asked.end();
    }
  }
}
