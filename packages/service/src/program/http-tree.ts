// The supervisor `service` with its actor `http`. The thread loads its code before the tree is opened: while the engine starts.

import {
  inlineHost,
  openRoot,
  threadHost,
  type ChildSpec,
  type Host,
  type RootOptions,
  type Supervisor,
  type SupervisorSpec,
} from "@troupe/actor-runtime";
import { workerUrls } from "@troupe/api-base";
import { httpEntry } from "../http-entry.ts";
import type { HttpOptions, HttpProtocol, ServiceOwnerProtocol } from "../service.messages.ts";
import type { ServiceOptions } from "./service-options.ts";

type Open = Omit<RootOptions<{ http: HttpProtocol }, ServiceOwnerProtocol>, "host" | "spec">;

/** A tree that is opened once. */
export class HttpTree {
  readonly #host: Host;
  readonly #spec: SupervisorSpec;
  readonly #endUnused: (() => Promise<void>) | undefined;
  #options: (() => HttpOptions) | undefined;

  /**
   * Starts the thread.
   *
   * @throws TroupeError `worker-file-not-found`, `option-out-of-range`
   */
  constructor({ host, workerUrls: urls }: Pick<ServiceOptions, "host" | "workerUrls">) {
    this.#host = host === "inline" ? inlineHost() : threadHost(workerUrls(urls));
    const http = httpSpec(() => {
      if (this.#options === undefined) throw new Error("bug: the tree is not open");
      return this.#options();
    });
    this.#spec = {
      ...{ kind: "supervisor", name: "service", maxRestarts: Infinity, withinMs: 60_000 },
      children: [http],
    };
    this.#endUnused = this.#host.prespawn?.([http]);
  }

  /** @throws rejects with the error of an actor that does not start. */
  async open(options: () => HttpOptions, events: Open): Promise<Supervisor> {
    this.#options = options;
    return await openRoot({ host: this.#host, spec: this.#spec, ...events });
  }

  /** Ends a thread that no tree has taken. */
  async endUnused(): Promise<void> {
    await this.#endUnused?.();
  }
}

function httpSpec(options: () => HttpOptions): ChildSpec {
  return {
    kind: "actor",
    name: "http",
    entry: httpEntry,
    options,
    restart: "permanent",
    shutdownMs: 2_000,
    role: "http",
    // Two incarnations cannot listen at one place.
    mayOverlap: false,
    youngMebibytes: 12,
  };
}
