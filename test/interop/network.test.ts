import test from "ava";
import { Network, type NetworkClient } from "../support/network.ts";
import { startProcess } from "../support/programs/process.ts";

/** Answers a datagram and a connection at port 1000 with the caller's address. */
const answer = `
const udp = require("node:dgram").createSocket({ type: "udp6" });
udp.on("message", (_, { address, port }) => udp.send(address, port, address));
udp.bind(1000, "::", () =>
  require("node:net").createServer((socket) => socket.end(socket.remoteAddress)).listen(1000, "::", () => console.log("up")));
`;

/** Prints the answers from an address: of a connection, and of a datagram. */
const ask = `
const host = process.argv[1];
const socket = require("node:dgram").createSocket(host.includes(":") ? "udp6" : "udp4");
socket.on("message", (bytes) => { console.log("udp " + bytes); socket.close(); });
setTimeout(() => { console.log("silence"); process.exit(); }, Number(process.argv[2])).unref();
require("node:net").connect(1000, host).on("error", ({ code }) => console.log(code))
  .on("data", (bytes) => console.log("tcp " + bytes)).on("close", () => socket.send("?", 1000, host));
`;

async function answersTo(
  client: NetworkClient,
  host: string,
  patienceMs = 20_000,
): Promise<readonly string[]> {
  return await client.run(process.execPath, "-e", ask, host, String(patienceMs));
}

test.serial(
  "machines of a test network reach each other by TCP and UDP over IPv4 and IPv6",
  async (t) => {
    await using network = await Network.of(3);
    const [server, caller, other] = network.clients;
    if (server === undefined || caller === undefined || other === undefined) return t.fail();
    await using program = await startProcess([...server.within, process.execPath, "-e", answer]);
    await program.lineWhere("both sockets", (line) => line === "up" || undefined);

    t.deepEqual(await answersTo(caller, server.ip4), [
      `tcp ::ffff:${caller.ip4}`,
      `udp ::ffff:${caller.ip4}`,
    ]);
    t.deepEqual(await answersTo(caller, server.ip6), [`tcp ${caller.ip6}`, `udp ${caller.ip6}`]);

    await caller.limitLine(10);
    await server.drop(`ip saddr ${caller.ip4}`);
    t.deepEqual(await answersTo(caller, server.ip4, 300), ["silence"]);
    t.is((await answersTo(other, server.ip4)).length, 2);
    t.is((await answersTo(caller, server.ip6)).length, 2);
    await server.dropNothing();
    t.is((await answersTo(caller, server.ip4)).length, 2);
  },
);
