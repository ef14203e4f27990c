// A NATS server with JetStream, which can be killed and started again on the same port and folder.

import { temporaryFolder } from "../files/temporary-folder.ts";
import { freePort } from "./free-port.ts";
import { startProcess, type RunningProcess } from "./process.ts";

/** How the server is started. */
export interface NatsServerOptions {
  /** Words before the command: a network namespace. */
  readonly within?: readonly string[];
  readonly host?: string;
  /** Further words: `--auth TOKEN`. */
  readonly words?: readonly string[];
}

/** A NATS server of a test. */
export class NatsServer implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly #options: NatsServerOptions;
  readonly #folder: Disposable & { readonly path: string };
  #process: RunningProcess | undefined;

  private constructor(options: NatsServerOptions, host: string, port: number) {
    this.#options = options;
    this.host = host;
    this.port = port;
    this.#folder = temporaryFolder("nats");
  }

  /** Starts a server on a free port; it takes connections when this resolves. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const host = options.host ?? "127.0.0.1";
    const port = options.within === undefined ? await freePort(host) : 4222;
    const server = new NatsServer(options, host, port);
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `nats://${this.host}:${this.port}`;
  }

  /** Starts the server on the data that it has. */
  async startAgain(): Promise<void> {
    const { within = [], words = [] } = this.#options;
    const place = ["-js", "-sd", this.#folder.path, "-a", this.host, "-p", String(this.port)];
    this.#process = await startProcess([...within, "nats-server", ...place, ...words], {
      debianPackage: "nats-server",
    });
    await this.#process.lineWhere("that it is ready", (line) =>
      line.includes("Server is ready") ? true : undefined,
    );
  }

  /** Ends the server at once, as `kill -9` does. */
  async kill(): Promise<void> {
    this.#process?.killSession();
    await this.#process?.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.#folder[Symbol.dispose]();
  }
}
