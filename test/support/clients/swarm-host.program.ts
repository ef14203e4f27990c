// The servers of swarm-host.ts: `node swarm-host.program.ts FOLDER IPV4 IPV6`. Ends with its standard input.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import { gatewayTargets, ssdpGroup } from "@troupe/protocol/gateway";
import { encodeSsdpReply, gatewayDescription, soapReply } from "@troupe/protocol/testing";
import { encodeAnnounceReply } from "@troupe/protocol/tracker";
import { startTracker } from "@troupe/tracker";
import { FileServer } from "../web/file-server.ts";
import { hostPorts } from "./swarm-host.ts";

const service = "urn:schemas-upnp-org:service:WANIPConnection:1";
const [folder = "", ip4 = "", ip6 = ""] = process.argv.slice(2);
const [target = ""] = gatewayTargets;

await startTracker({ port: hostPorts.tracker });
// `::` takes connections of IPv4 as well.
await FileServer.start(folder, {}, { host: "::", port: hostPorts.web });
await startNamingTracker();
await startGateway();
console.log("ready");
process.stdin.resume().once("end", () => process.exit());

/** Names peers of both families to each client. */
async function startNamingTracker(): Promise<void> {
  const peers = [ip4, ip6].map((host) => ({ host, port: hostPorts.namedPeer }));
  const reply = encodeAnnounceReply({ intervalSeconds: 1_800, peers, compact: true });
  const server = createServer((_, response) => response.end(reply));
  await once(server.listen(hostPorts.namingTracker, "::"), "listening");
}

async function startGateway(): Promise<void> {
  const description = gatewayDescription([[service, "/control"]]);
  const server = createServer(({ method, headers }, response) => {
    const [, action = ""] = /#(\w+)/.exec(String(headers["soapaction"])) ?? [];
    const reply = soapReply(action, { NewExternalIPAddress: "45.20.1.1" });
    response.end(method === "POST" ? reply : description);
  }).listen(hostPorts.description, ip4);
  await once(server, "listening");
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (_, from) => {
    const location = `http://${ip4}:${hostPorts.description}/description.xml`;
    socket.send(encodeSsdpReply(location, target), from.port, from.address);
  });
  socket.bind(ssdpGroup.port, () => socket.addMembership(ssdpGroup.host, ip4));
  await once(socket, "listening");
}
