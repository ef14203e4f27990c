// Opens the hasher of a torrent for a run. A hasher that fails costs its own torrent, whose pieces are all hashed again.

import { WrongAnswer } from "@troupe/actor-runtime/module-answers";
import type { Hasher } from "@troupe/hash-worker";
import { mostHashers } from "../../engine/base/hashers.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { doubtPieces } from "../checks/doubt-pieces.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { PluginHasher } from "./plugin-hasher.ts";
import type { PartMaker } from "./plugin-part.ts";
import type { RunningHasher } from "./torrent-parts.ts";

type Services = Pick<Engine, "hashers" | "hashPool">;

/** @returns The maker of the hasher of a torrent. */
export function hasherMaker(engine: Services, job: JobWithContent): PartMaker<RunningHasher> {
  return {
    load: (url) => load(engine, job, url),
    start: (url, loaded) => {
      const hasher = new PluginHasher(loaded as Hasher, engine.hashPool, (deed) =>
        hasherFailed(job, url, deed),
      );
      return {
        hasher,
        close() {
          hasher.close();
          engine.hashers.release(url);
        },
      };
    },
    drop: (url) => engine.hashers.release(url),
  };
}

/** @throws rejects with WrongAnswer; no hasher is open then. */
async function load(
  { hashers }: Pick<Engine, "hashers">,
  { content, id }: JobWithContent,
  url: string,
): Promise<Hasher> {
  if (content.metainfo.pieceHashes.algorithm !== "sha1")
    throw new WrongAnswer("hashes torrents of version 1 alone, and this one is of version 2");
  const hasher = hashers.take(url, id);
  if (hasher === undefined)
    throw new WrongAnswer(
      `is one too many: ${mostHashers} others are open, and ${mostHashers} are allowed`,
    );
  try {
    await hasher.load();
    return hasher;
  } catch (error) {
    hashers.release(url);
    throw error;
  }
}

/** The pieces are doubted also when the run has ended meanwhile: the next start hashes them. */
function hasherFailed(job: JobWithContent, url: string, deed: string): void {
  doubtPieces(job);
  job.life.fail({
    code: "hasher-wrong",
    message: `cannot verify pieces of ${job.name}: the hasher ${url} ${deed}; the next start hashes all pieces again`,
  });
}
