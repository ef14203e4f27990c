// An engine with its service, and requests to it.

import { readFileSync } from "node:fs";
import { request, type IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { Coordinator, type CoordinatorOptions } from "@troupe/coordinator";
import {
  startService,
  type ListenPlace,
  type RunningService,
  type ServiceEvent,
  type ServiceOptions,
} from "@troupe/service";
import { endActor } from "@troupe/coordinator/testing";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { until } from "../time/until.ts";
import { quiet } from "../swarm/quiet.ts";

/** A response. Of a stream of events: its status and its fields. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  readonly body: ReturnType<typeof JSON.parse>;
}

/** A request; `body` is sent as JSON, by POST. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly text?: Buffer | string;
  /** By the socket of the user's own commands. */
  readonly isLocal?: true;
  /** The address of the caller, one of this machine such as 127.0.3.4. */
  readonly from?: string;
}

/** N of scrypt for passwords of tests: a check takes less than a millisecond, in place of a third of a second. */
export const cheapPasswordCost = 16;

/** A service on 127.0.0.1, in this thread. */
export class Served implements AsyncDisposable {
  readonly coordinator: Coordinator;
  readonly service: RunningService;
  readonly folder: string;
  readonly places: readonly ListenPlace[];
  readonly events: ServiceEvent[];
  readonly warnings: string[];
  readonly #stack: AsyncDisposableStack;
  #password: string | undefined;

  private constructor(
    parts: Pick<Served, "coordinator" | "events" | "folder" | "places" | "service" | "warnings">,
    stack: AsyncDisposableStack,
  ) {
    this.coordinator = parts.coordinator;
    this.service = parts.service;
    this.folder = parts.folder;
    this.places = parts.places;
    this.events = parts.events;
    this.warnings = parts.warnings;
    this.#stack = stack;
  }

  /** @param changes Options of the service. `isRestored`: lists are answered at once. Default true. */
  static async open(
    changes: Partial<ServiceOptions> & {
      readonly isRestored?: boolean;
      readonly folder?: string;
      readonly chaos?: string;
      readonly engine?: CoordinatorOptions;
    } = {},
  ): Promise<Served> {
    await using stack = new AsyncDisposableStack();
    const { isRestored = true, folder: given, chaos, engine, ...options } = changes;
    const folder = given ?? stack.use(temporaryFolder("served")).path;
    const stateDirectory = join(folder, "state");
    const directory = join(folder, "data");
    const coordinator = await Coordinator.start({
      ...quiet,
      ...{ port: 0, bind: ["127.0.0.1"], host: "inline", stateDirectory, directory },
      ...(chaos !== undefined && { chaos }),
      ...engine,
    });
    stack.defer(async () => await coordinator.close());
    const events: ServiceEvent[] = [];
    const warnings: string[] = [];
    const places = Promise.withResolvers<readonly ListenPlace[]>();
    const service = await startService(coordinator, {
      ...{ stateDirectory, listen: ["127.0.0.1:0"], roots: [directory] },
      ...{ currentFolder: folder, host: "inline", passwordCost: cheapPasswordCost },
      localSocket: join(stateDirectory, "service/socket"),
      listening: (found) => places.resolve(found),
      warned: (code) => warnings.push(code),
      happened: (event) => events.push(event),
      ...options,
    });
    stack.use(service);
    if (isRestored) service.restored();
    const parts = { coordinator, service, folder, places: await places.promise, events, warnings };
    return new Served(parts, stack.move());
  }

  get port(): number {
    const [place] = this.places;
    return place?.kind === "tcp" ? place.port : 0;
  }

  get socketPath(): string {
    return join(this.folder, "state/service/socket");
  }

  /** The first password, from its file. */
  get password(): string {
    const path = join(this.folder, "state/service/first-password");
    return (this.#password ??= readFileSync(path, "utf8").trim());
  }

  /** Basic with this password. */
  basic(password: string = this.password, user = "troupe"): Readonly<Record<string, string>> {
    const text = Buffer.from(`${user}:${password}`).toString("base64");
    return { authorization: `Basic ${text}` };
  }

  /** A token's header. */
  async token(right: "read" | "control"): Promise<Readonly<Record<string, string>>> {
    const name = `${right}-${Math.random()}`;
    const { body } = await this.ask("/api/v1/tokens", { isLocal: true, body: { name, right } });
    return { authorization: `Bearer ${body.token}` };
  }

  /** Runs a command. */
  async run(name: string, given: object, asked: Asked = { isLocal: true }): Promise<Answered> {
    return await this.ask(`/api/v1/commands/${name}`, { ...asked, body: given });
  }

  /** Settles when a torrent that the library has added is in the lists: rows come once a second. */
  async lists(infoHash: string): Promise<void> {
    await until(`the service lists ${infoHash}`, async () => {
      const { status } = await this.ask(`/api/v1/torrents/${infoHash}`, { isLocal: true });
      return status === 200;
    });
  }

  /** Ends an actor as a crash does. */
  kill(actor: string): void {
    endActor(this.coordinator, actor);
  }

  async ask(path: string, asked: Asked = {}): Promise<Answered> {
    const { body, headers = {}, isLocal } = asked;
    const text = asked.text ?? (body === undefined ? undefined : JSON.stringify(body));
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    const where = isLocal
      ? { socketPath: this.socketPath }
      : { host: "127.0.0.1", port: this.port, localAddress: asked.from };
    const sent = request(
      {
        ...where,
        path,
        method: asked.method ?? (text === undefined ? "GET" : "POST"),
        headers: { ...type, ...headers },
        agent: false,
      },
      (response) => {
        const status = response.statusCode ?? 0;
        // A stream of events has no end.
        if (response.headers["content-type"]?.startsWith("text/event-stream") === true) {
          resolve({ status, headers: response.headers, text: "", body: undefined });
          response.destroy();
          return;
        }
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const got = Buffer.concat(chunks).toString();
          const isJson = response.headers["content-type"]?.startsWith("application/json") === true;
          resolve({
            status,
            headers: response.headers,
            text: got,
            body: isJson ? (JSON.parse(got) as unknown) : undefined,
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(text);
    return await promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Restarts of the actor `http`. */
export async function httpRestarts({ coordinator }: Pick<Served, "coordinator">): Promise<number> {
  const { children = [] } = await coordinator.actors();
  const service = children.find(({ name }) => name === "service");
  return service?.children?.[0]?.restarts ?? NaN;
}
