// A stub as systemd-resolved is one: it takes questions at port 53 of a loopback address, and forwards them to a name server.
//
// node dns-stub.program.ts HOST SERVER

import { createSocket } from "node:dgram";

const [host = "", server = ""] = process.argv.slice(2);
const dnsPort = 53;

const stub = createSocket("udp4");
stub.on("message", (question, from) => {
  console.log("asked");
  const upstream = createSocket("udp4");
  upstream.on("message", (reply) => {
    stub.send(reply, from.port, from.address);
    upstream.close();
  });
  upstream.on("error", () => upstream.close());
  upstream.send(question, dnsPort, server);
});
stub.bind(dnsPort, host, () => console.log("ready"));
