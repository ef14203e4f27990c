// A flood, in a process of its own: `flood.ts heads PORT` or `flood.ts guesses PORT`, until it is ended. Prints a line once it
// is under way, and the guesses sent a second.

import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { addressesOf, SlowHeads } from "../../test/support/service/floods.ts";

const [kind = "", port = ""] = process.argv.slice(2);
/** Guesses that have no answer yet; further ones are not sent. */
const mostWaiting = 2_000;
const everyMs = 100;

if (kind === "heads") {
  const slow = new SlowHeads(Number(port), addressesOf(3, 64), 1_000);
  await slow.opened();
  console.log("under way");
} else {
  console.log("under way");
  await guess();
}

/** 1,000 guesses a second, of 1,000 addresses in turn. */
async function guess(): Promise<never> {
  const addresses = addressesOf(4, 1_000);
  const wrong = Buffer.from("troupe:of a stranger").toString("base64");
  const head = `GET /api/v1/torrents HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Basic ${wrong}\r\nconnection: close\r\n\r\n`;
  const startedMs = performance.now();
  let waiting = 0;
  let sent = 0;
  for (let turn = 0; ; turn++) {
    await delay(Math.max(0, startedMs + turn * everyMs - performance.now()));
    const due = Math.trunc(performance.now() - startedMs);
    for (; sent < due && waiting < mostWaiting; sent++) {
      waiting++;
      const localAddress = addresses[sent % addresses.length];
      const socket = connect({ host: "127.0.0.1", port: Number(port), localAddress });
      socket.on("error", () => undefined);
      socket.on("close", () => waiting--);
      socket.resume();
      socket.end(head);
    }
    if (turn % 50 === 49) console.log(`sent ${Math.round(sent / (turn / 10))} guesses a second`);
  }
}
