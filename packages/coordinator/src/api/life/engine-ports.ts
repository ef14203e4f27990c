import type { ReplyOf } from "@troupe/actor-runtime";
import type { EngineProtocol, PublicPort } from "@troupe/messages";
import { refusalError } from "../../troupe-error.ts";

/** The ports of an engine, over its restarts. */
export class EnginePorts {
  /** That the engine listens on; 0 before. */
  listening = 0;
  readonly #changed: (ports: PublicPort) => void;
  #mapped: PublicPort | undefined;

  /** @param changed Called when peers connect to another port than before. */
  constructor(changed: (ports: PublicPort) => void) {
    this.#changed = changed;
  }

  /** That peers connect to. */
  get public(): number {
    return this.#mapped?.port ?? this.listening;
  }

  /** A gateway maps the port, or has lost the mapping. */
  map(ports: PublicPort): void {
    this.#mapped = ports;
    this.#changed(ports);
  }

  /**
   * An engine starts to listen; a gateway's answers to an earlier engine do not count.
   * @throws rejects with the engine's refusal.
   */
  async listen(ask: () => Promise<ReplyOf<EngineProtocol, "listen">>): Promise<void> {
    const before = this.public;
    this.#mapped = undefined;
    const answer = await ask();
    if ("refused" in answer) throw refusalError(answer);
    const { port } = answer;
    this.listening = port;
    const isLost = this.#mapped === undefined && before !== 0 && before !== port;
    if (isLost) this.#changed({ port, listenPort: port });
  }

  /** The next engine listens on the same port, if it is free. */
  candidates(first: readonly number[]): readonly number[] {
    return this.listening === 0 ? first : [this.listening, 0];
  }
}
