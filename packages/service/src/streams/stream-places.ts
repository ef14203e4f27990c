import { TroupeError } from "@troupe/control";

/**
 * Streams at once. Each has 2 MiB of memory: 1 MiB that is sent, and 1 MiB that is read meanwhile. A stream of more than
 * 100 MB/s has 8 MiB, 256 MiB in all if each is so fast. A further stream is refused `too-many-streams`.
 */
const mostStreams = 32;

/** The places of streams. */
export class StreamPlaces {
  #taken = 0;

  /** @returns Gives the place back, once. @throws TroupeError `too-many-streams` */
  take(): () => void {
    if (this.#taken >= mostStreams) throw tooMany();
    this.#taken++;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#taken--;
    };
  }
}

function tooMany(): TroupeError {
  const message = `cannot stream the file: there are ${mostStreams} streams, which is the most; end one, or try again later`;
  return new TroupeError("too-many-streams", message);
}
