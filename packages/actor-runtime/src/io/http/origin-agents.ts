import type { Agent, AgentOptions } from "node:http";

import { systemModule } from "../system/system-module.ts";

/** Origins with connections: redirects may lead each document to another. */
const mostOrigins = 4;

/** A kept connection without a request is closed after this. */
const idleCloseMs = 60_000;

interface OriginAgent {
  readonly agent: Agent;
  /** Of requests under way. */
  uses: number;
}

/** The kept connections of a client, by origin. Beyond {@link mostOrigins} the idle origin used longest ago loses its own. */
export class OriginAgents {
  readonly #options: AgentOptions;
  /** The last used is the last. */
  readonly #byOrigin = new Map<string, OriginAgent>();

  constructor(maxConnections: number) {
    this.#options = {
      keepAlive: true,
      maxSockets: maxConnections,
      maxFreeSockets: maxConnections,
      timeout: idleCloseMs,
    };
  }

  /** @returns An agent for one request; `release` follows. */
  take({ origin, protocol }: URL): { readonly agent: Agent; readonly release: () => void } {
    const entry = this.#byOrigin.get(origin) ?? { agent: this.#makeAgent(protocol), uses: 0 };
    this.#byOrigin.delete(origin);
    this.#byOrigin.set(origin, entry);
    entry.uses++;
    return { agent: entry.agent, release: () => this.#release(entry) };
  }

  close(): void {
    for (const { agent } of this.#byOrigin.values()) agent.destroy();
    this.#byOrigin.clear();
  }

  #release(entry: OriginAgent): void {
    entry.uses--;
    for (const [origin, { agent, uses }] of this.#byOrigin) {
      if (this.#byOrigin.size <= mostOrigins) return;
      if (uses > 0) continue;
      agent.destroy();
      this.#byOrigin.delete(origin);
    }
  }

  #makeAgent(protocol: string): Agent {
    if (protocol !== "https:") return new (systemModule("node:http").Agent)(this.#options);
    // No environment variable can disable the check.
    const options = { ...this.#options, rejectUnauthorized: true };
    return new (systemModule("node:https").Agent)(options);
  }
}
