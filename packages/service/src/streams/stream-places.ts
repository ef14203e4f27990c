import { TroupeError } from "@troupe/control";

/**
 * Streams at once. Each has 1 MiB of memory under way, 32 MiB in all: the reader of a stream has that much, and is filled
 * again when the system has taken its bytes. A further stream is refused `too-many-streams`.
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
