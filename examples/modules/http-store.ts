// A read-only store: the file of a torrent lies on a web server, and is read from there by ranges. The address stands in
// the query of the module's URL: file:///home/me/http-store.ts?from=https://example.org/file

import type { StoreModule } from "troupe";

const from = new URL(import.meta.url).searchParams.get("from");
/** Shorter than the 30 s within which a store must answer. */
const answerWithinMs = 20_000;

const makeStore: StoreModule = ({ files }) => {
  if (from === null) throw new Error("the URL of this module has no query `from`");
  if (files.length !== 1) throw new Error(`the torrent has ${files.length} files, not one`);
  return {
    async read(position, bytes) {
      const range = `bytes=${position}-${position + bytes.length - 1}`;
      const signal = AbortSignal.timeout(answerWithinMs);
      const { body, status } = await fetch(from, { headers: { range }, signal });
      // The file ends before the range.
      if (status === 416) return 0;
      if (status !== 206 || body === null) throw new Error(`${from} answered ${status}, not 206`);
      let count = 0;
      for await (const part of body) {
        if (count + part.length > bytes.length) throw new Error(`${from} sent more than ${range}`);
        bytes.set(part, count);
        count += part.length;
      }
      return count;
    },
  };
};

export default makeStore;
