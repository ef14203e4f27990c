import type { PatientRef, ReplyOf } from "@troupe/actor-runtime";
import { outOfRange, spelled } from "@troupe/control";
import type { ApiProtocol, BanChanges, BannedPrefix } from "@troupe/messages";
import { parsePrefix } from "@troupe/protocol/address";
import { refusalError } from "../refusal-error.ts";
import type { TorrentServices } from "../torrent-services.ts";

const deadline = { deadlineMs: 30_000 };

/** A ban of the user's. */
export interface Ban {
  /** An address, or a prefix such as `192.0.2.0/24`. */
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The user's bans over the restarts of an engine. */
export class Bans {
  readonly #engine: PatientRef<ApiProtocol>;
  readonly #untilAnswered: TorrentServices["untilAnswered"];
  readonly #areSaved: boolean;
  /** Bans as the engine had them last. */
  #known: readonly BannedPrefix[] = [];
  /** Changes that the state folder refused, by prefix; undefined: lifted. The engine tries again to save them. */
  readonly #unsaved = new Map<string, BannedPrefix | undefined>();

  /** @param areSaved In a state folder. */
  constructor(
    engine: PatientRef<ApiProtocol>,
    untilAnswered: TorrentServices["untilAnswered"],
    areSaved: boolean,
  ) {
    this.#engine = engine;
    this.#untilAnswered = untilAnswered;
    this.#areSaved = areSaved;
  }

  /**
   * Changes the bans.
   *
   * @param nowMs Milliseconds since 1970.
   * @returns All bans.
   * @throws TroupeError `option-out-of-range`, `too-many-bans`, or the refusal of the state folder
   */
  async change(
    {
      ban = [],
      lift = [],
    }: { readonly ban?: readonly string[]; readonly lift?: readonly string[] },
    nowMs: number,
  ): Promise<readonly Ban[]> {
    const added = ban.map((text) => ({ prefix: prefixOf(text), atMs: nowMs }));
    const lifted = lift.map(prefixOf);
    return await this.#untilAnswered(() => this.#send({ added, lifted }));
  }

  /**
   * A new engine has the bans before it has a connection. It reads those of a state folder there, as another program may
   * have lifted some, and gets the changes that were not saved.
   */
  async restore(): Promise<void> {
    if (this.#known.length === 0 && this.#unsaved.size === 0) return;
    const entries = [...this.#unsaved];
    const unsaved = entries.flatMap(([, ban]) => ban ?? []);
    const lifted = entries.flatMap(([prefix, ban]) => (ban === undefined ? prefix : []));
    const added = this.#areSaved ? unsaved : this.#known;
    await this.#call({ added, lifted });
  }

  /** The state folder has all changes: another program may undo them from now on. */
  noteSaved(): void {
    this.#unsaved.clear();
  }

  async #send(changes: BanChanges): Promise<readonly Ban[]> {
    const answer = await this.#call(changes);
    if ("refused" in answer) {
      if (answer.refused !== "too-many-bans") this.#noteUnsaved(changes);
      throw refusalError(answer);
    }
    return answer.bans.map(({ prefix, atMs }) => ({ address: prefix, since: atMs }));
  }

  async #call(changes: BanChanges): Promise<ReplyOf<ApiProtocol, "change-bans">> {
    const answer = await this.#engine.call("change-bans", changes, deadline);
    if ("refused" in answer) return answer;
    this.noteSaved();
    this.#known = answer.bans;
    return answer;
  }

  /** Notes changes that are in force, although the state folder refused them. */
  #noteUnsaved({ added, lifted }: BanChanges): void {
    for (const prefix of lifted) this.#unsaved.set(prefix, undefined);
    for (const ban of added) this.#unsaved.set(ban.prefix, ban);
  }
}

/** @throws TroupeError `option-out-of-range` */
function prefixOf(text: string): string {
  const prefix = typeof text === "string" ? parsePrefix(text) : undefined;
  if (prefix !== undefined) return prefix.text;
  throw outOfRange(
    "address",
    spelled(text),
    "an IPv4 or IPv6 address, or a prefix like 192.0.2.0/24",
  );
}
