// A simulated machine behind a proxy, the proxy, and a server that answers what it is sent.

import { SimulatedWorld } from "../../src/simulated/index.ts";
import type { Address, Ports, StreamHandlers } from "../../src/index.ts";
import type { ProxyRule } from "../../src/ports/network-rules.ts";
import { ScriptedProxy, type ProxyScript } from "../support/testing/scripted-proxy.ts";

export const clientHost = "192.0.2.1";
export const proxyHost = "192.0.2.2";
export const serverHost = "192.0.2.3";
export const serverPort = 7_000;
export const proxyPort = 1_080;

/** The parts of a test. */
export interface ProxyBench {
  readonly world: SimulatedWorld;
  /** Ports behind the proxy. */
  readonly ports: Ports;
  readonly proxyPorts: Ports;
  readonly proxy: ScriptedProxy;
  /** Hosts that connected to the server, or sent it a datagram. */
  readonly seen: string[];
}

export async function proxyBench(
  rule: Partial<ProxyRule> = {},
  script: ProxyScript = {},
): Promise<ProxyBench> {
  const world = new SimulatedWorld({ seed: 1 });
  const [client, between, server] = [clientHost, proxyHost, serverHost].map((host) =>
    world.machine({ addresses: [host] }),
  );
  if (client === undefined || between === undefined || server === undefined)
    throw new Error("bug: no machine");
  client.proxy = { protocol: "socks5", host: proxyHost, port: proxyPort, use: "all", ...rule };
  const proxyPorts = between.ports("proxy");
  const names = { "server.example": serverHost };
  const proxy = await world.settle(
    ScriptedProxy.listen(proxyPorts, proxyHost, { names, ...script }, proxyPort),
  );
  const seen = await world.settle(serve(server.ports("server")));
  return { world, ports: client.ports("client"), proxyPorts, proxy, seen };
}

/** Sends back what it receives, by TCP and UDP. */
async function serve({ sockets, datagrams }: Ports): Promise<string[]> {
  const seen: string[] = [];
  const at = { host: serverHost, port: serverPort };
  await sockets.listen(at, (stream) => {
    seen.push(`tcp ${stream.remote.host}`);
    return { bytes: (_, chunk) => void stream.write(chunk.slice()), closed: () => undefined };
  });
  const socket = await datagrams.bind(at, {
    received(bytes, from) {
      seen.push(`udp ${from.host}`);
      socket.send(bytes.slice(), from);
    },
  });
  return seen;
}

/** The events of a dial, as words in their order. */
export function dialled(
  { ports, world }: Pick<ProxyBench, "ports" | "world">,
  to: Address,
  say?: string,
) {
  const events: string[] = [];
  const handlers: StreamHandlers = {
    opened(stream) {
      events.push("opened");
      if (say !== undefined) stream.write(Buffer.from(say));
    },
    bytes(_, chunk) {
      const text = Buffer.from(chunk).toString();
      // A stream cuts its bytes anywhere.
      if (events.at(-1) === "opened") events.push(text);
      else events.push(`${events.pop() ?? ""}${text}`);
    },
    closed: (_, reason) => void events.push(`closed ${reason}`),
  };
  const stream = ports.sockets.dial(to, handlers, { timeoutMs: 30_000 });
  const until = (word: string): Promise<void> =>
    world.runUntil(() => events.some((event) => event.startsWith(word)), 60_000);
  return { stream, events, until };
}
