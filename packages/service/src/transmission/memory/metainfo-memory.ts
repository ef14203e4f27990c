import { ProtocolError } from "@troupe/protocol/errors";
import { parseTorrent } from "@troupe/protocol/metainfo";
import type { ServiceCalls } from "../../routes/service-calls.ts";
import { mapAFewAtOnce } from "../bounded-work.ts";
import { hasCode } from "../rpc-error.ts";

/** Torrents whose facts are remembered; beyond, the oldest are forgotten. */
const mostTorrents = 10_000;

/** Facts of a .torrent, which never change. */
export interface MetainfoFacts {
  /** At most 4,096 characters. */
  readonly comment: string;
  /** At most 256 characters. */
  readonly creator: string;
  /** Seconds since 1970; 0: not known. */
  readonly createdSeconds: number;
}

const unknown: MetainfoFacts = { comment: "", creator: "", createdSeconds: 0 };

/** Facts of .torrent files, each asked for once. */
export class MetainfoMemory {
  readonly #known = new Map<string, MetainfoFacts>();
  #isFilling = false;

  /** The facts that are known without a question. @param torrent An info-hash. */
  known(torrent: string): MetainfoFacts {
    return this.#known.get(torrent) ?? unknown;
  }

  /** @throws TroupeError as the question */
  async of(calls: ServiceCalls, torrent: string): Promise<MetainfoFacts> {
    const known = this.#known.get(torrent);
    if (known !== undefined) return known;
    const facts = await askFacts(calls, torrent);
    if (facts !== undefined) this.#remember(torrent, facts);
    return facts ?? unknown;
  }

  /** Asks for the missing facts of a list, for the next list. @param torrents Info-hashes. */
  fill(calls: ServiceCalls, torrents: readonly string[]): void {
    const missing = torrents.slice(0, mostTorrents).filter((each) => !this.#known.has(each));
    if (this.#isFilling || missing.length === 0) return;
    this.#isFilling = true;
    const filled = mapAFewAtOnce(missing, (torrent) => this.of(calls, torrent));
    // A torrent may be gone, and an engine may restart: a later list asks again.
    void Promise.allSettled([filled]).then(() => (this.#isFilling = false));
  }

  #remember(torrent: string, facts: MetainfoFacts): void {
    this.#known.set(torrent, facts);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostTorrents && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** @returns Undefined while the metadata has not come. */
async function askFacts(calls: ServiceCalls, torrent: string): Promise<MetainfoFacts | undefined> {
  try {
    const metainfo = await calls.ask("metainfo", torrent);
    return factsIn(metainfo);
  } catch (error) {
    if (hasCode(error, "metadata-unknown", "quarantined")) return undefined;
    throw error;
  }
}

/** @param metainfo In base64. */
function factsIn(metainfo: string): MetainfoFacts {
  try {
    const found = parseTorrent(Buffer.from(metainfo, "base64"));
    const { comment = "", createdBy: creator = "", creationDate = 0 } = found;
    return { comment, creator, createdSeconds: creationDate };
  } catch (error) {
    if (error instanceof ProtocolError) return unknown;
    throw error;
  }
}
