// A hasher by the Web Crypto API, which hashes in threads of its own.
//
//   coordinator.add(source, { modules: { hasher: new URL("web-crypto-hasher.ts", import.meta.url) } });
//   troupe job.torrent --hasher ./examples/modules/web-crypto-hasher.ts

import type { HasherModule } from "troupe";

const makeHasher: HasherModule = () => ({
  hash: async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-1", bytes)),
});

export default makeHasher;
