// A SOCKS 5 and CONNECT proxy for tests, over any ports: those of a simulated machine, or of this one.

import { decodeSocksDatagram, encodeSocksDatagram, type ProxyLogin } from "@troupe/protocol/proxy";
import type { Address, Listener, Ports, Stream, StreamHandlers } from "../../../src/index.ts";

/** The behaviour of a proxy. */
export interface ProxyScript {
  /** Asked of every client. */
  readonly login?: ProxyLogin;
  /** Ports of targets that it refuses. */
  readonly refusedPorts?: readonly number[];
  readonly refusesUdp?: boolean;
  /** It opens the way to any target, and dials none: the simulated web listens nowhere. */
  readonly dialsNone?: boolean;
  /** It accepts connections, and says nothing. */
  readonly isSilent?: boolean;
  /** Addresses of names. */
  readonly names?: Readonly<Record<string, string>>;
  /** The host of the relay of datagrams, in the reply. Default: 0.0.0.0. */
  readonly relayHost?: string;
}

/** A proxy that listens. */
export class ScriptedProxy {
  readonly address: Address;
  /** The targets that were asked for, in order: `connect tracker.example:80`, `udp 192.0.2.7:1`, `get http://…`. */
  readonly asked: string[] = [];
  readonly #ports: Ports;
  readonly #script: ProxyScript;
  readonly #listener: Listener;
  readonly #streams = new Set<Stream>();

  private constructor(ports: Ports, script: ProxyScript, listener: Listener, host: string) {
    this.#ports = ports;
    this.#script = script;
    this.#listener = listener;
    this.address = { host, port: listener.address.port };
  }

  /** @param host The address of the machine of `ports`. */
  static async listen(ports: Ports, host: string, script: ProxyScript = {}, port = 0) {
    let proxy: ScriptedProxy | undefined;
    const listener = await ports.sockets.listen({ host, port }, (stream) => {
      if (proxy === undefined) throw new Error("bug: a client before the proxy");
      return proxy.#accept(stream);
    });
    proxy = new ScriptedProxy(ports, script, listener, host);
    return proxy;
  }

  /** Closes the listener and every connection, as a process that is killed. */
  async kill(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await this.#listener.close();
  }

  #accept(stream: Stream): StreamHandlers {
    this.#streams.add(stream);
    const client = new ProxyClient(this.#ports, this.#script, stream, (what) =>
      this.asked.push(what),
    );
    return {
      bytes: (_, chunk) => client.received(Buffer.from(chunk)),
      closed: () => {
        this.#streams.delete(stream);
        client.closed();
      },
    };
  }
}

type Stage = "first" | "login" | "request" | "relay" | "udp";

class ProxyClient {
  readonly #ports: Ports;
  readonly #script: ProxyScript;
  readonly #stream: Stream;
  readonly #asked: (what: string) => void;
  #stage: Stage = "first";
  #bytes: Buffer = Buffer.alloc(0);
  #target: Stream | undefined;
  #close = (): void => {};

  constructor(ports: Ports, script: ProxyScript, stream: Stream, asked: (what: string) => void) {
    this.#ports = ports;
    this.#script = script;
    this.#stream = stream;
    this.#asked = asked;
  }

  received(chunk: Buffer): void {
    if (this.#script.isSilent === true) return;
    if (this.#stage === "relay") return void this.#target?.write(chunk);
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#stage === "first" && this.#bytes[0] !== 5) return this.#http();
    if (this.#stage === "first") return this.#greeted();
    if (this.#stage === "login") return this.#loggedIn();
    if (this.#stage === "request") this.#requested();
  }

  closed(): void {
    this.#target?.destroy();
    this.#close();
  }

  #greeted(): void {
    if (this.#bytes.length < 2 + (this.#bytes[1] ?? 255)) return;
    const offersLogin = this.#bytes.subarray(2).includes(2);
    const { login } = this.#script;
    this.#next(login === undefined ? "request" : "login");
    const method = login === undefined ? 0 : 2;
    this.#write(Uint8Array.of(5, login === undefined || offersLogin ? method : 255));
  }

  #loggedIn(): void {
    const userBytes = this.#bytes[1] ?? 255;
    const passwordBytes = this.#bytes[2 + userBytes] ?? 255;
    if (this.#bytes.length < 3 + userBytes + passwordBytes) return;
    const user = this.#bytes.toString("utf8", 2, 2 + userBytes);
    const password = this.#bytes.toString("utf8", 3 + userBytes);
    const { login } = this.#script;
    const isRight = user === login?.user && password === login.password;
    this.#next("request");
    this.#write(Uint8Array.of(1, isRight ? 0 : 1));
    if (!isRight) this.#stream.end();
  }

  #requested(): void {
    // An address has the form of a datagram's.
    const parsed = decodeSocksDatagram(Buffer.concat([new Uint8Array(3), this.#bytes.subarray(3)]));
    if (parsed === undefined) return;
    if (this.#bytes[1] === 3) return void this.#associate();
    const opened = (): void => this.#write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    this.#connect(parsed.from, opened, (code) =>
      this.#write(Uint8Array.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0)),
    );
  }

  #http(): void {
    const head = this.#bytes.toString("latin1");
    if (!head.includes("\r\n\r\n")) return;
    const { login } = this.#script;
    const wanted = login && Buffer.from(`${login.user}:${login.password}`).toString("base64");
    const [, method = "", target = ""] = /^(\S+) (\S+)/.exec(head) ?? [];
    if (wanted !== undefined && !head.includes(`proxy-authorization: Basic ${wanted}\r\n`))
      return this.#answer(method, 407);
    if (method !== "CONNECT") return this.#forward(target, head);
    const at = target.lastIndexOf(":");
    const host = target.slice(0, at).replace(/^\[(.*)\]$/, "$1");
    this.#connect(
      { host, port: Number(target.slice(at + 1)) },
      () => this.#answer(method, 200),
      (code) => this.#answer(method, code === 2 ? 403 : 502),
    );
  }

  #forward(target: string, head: string): void {
    const url = new URL(target);
    this.#asked(`get ${url.origin}`);
    const path = head.replace(target, url.pathname + url.search);
    const to = { host: url.hostname, port: Number(url.port || 80) };
    this.#open(
      to,
      () => this.#target?.write(Buffer.from(path, "latin1")),
      () => this.#answer("GET", 502),
    );
  }

  #answer(method: string, status: number): void {
    const length = method === "CONNECT" && status === 200 ? "" : "content-length: 0\r\n";
    this.#write(Buffer.from(`HTTP/1.1 ${status} Said\r\n${length}\r\n`, "latin1"));
  }

  #connect(to: Address, opened: () => void, refused: (code: number) => void): void {
    this.#asked(`connect ${to.host}:${to.port}`);
    if (this.#script.refusedPorts?.includes(to.port) === true) return refused(2);
    this.#open(to, opened, () => refused(5));
  }

  #open(to: Address, opened: () => void, refused: () => void): void {
    if (this.#script.dialsNone === true) return opened();
    const host = this.#script.names?.[to.host] ?? to.host;
    const target = { host, port: to.port };
    this.#target = this.#ports.sockets.dial(
      target,
      {
        opened: () => {
          this.#stage = "relay";
          opened();
        },
        bytes: (_, chunk) => this.#write(Buffer.from(chunk)),
        closed: () => (this.#stage === "relay" ? this.#stream.end() : refused()),
      },
      { timeoutMs: 5_000 },
    );
  }

  async #associate(): Promise<void> {
    if (this.#script.refusesUdp === true)
      return this.#write(Uint8Array.of(5, 7, 0, 1, 0, 0, 0, 0, 0, 0));
    let client: Address | undefined;
    const clientHost = this.#stream.remote.host;
    const relay = await this.#ports.datagrams.bind(
      { host: this.#stream.local.host, port: 0 },
      {
        received: (bytes, from) => {
          if (from.host !== clientHost || (client ?? from).port !== from.port) {
            const datagram = encodeSocksDatagram(from, bytes);
            if (client !== undefined && datagram !== undefined) relay.send(datagram, client);
            return;
          }
          client = from;
          const datagram = decodeSocksDatagram(bytes);
          if (datagram === undefined) return;
          const { host, port } = datagram.from;
          this.#asked(`udp ${host}:${port}`);
          relay.send(datagram.payload.slice(), { host: this.#script.names?.[host] ?? host, port });
        },
      },
    );
    this.#stage = "udp";
    this.#close = () => relay.close();
    const said = { host: this.#script.relayHost ?? "0.0.0.0", port: relay.address.port };
    const address = encodeSocksDatagram(said, new Uint8Array()) ?? new Uint8Array();
    this.#write(Buffer.concat([Uint8Array.of(5, 0, 0), address.subarray(3)]));
  }

  #next(stage: Stage): void {
    this.#stage = stage;
    this.#bytes = Buffer.alloc(0);
  }

  #write(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }
}
