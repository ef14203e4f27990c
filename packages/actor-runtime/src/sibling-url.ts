// tsc rewrites the extensions of imports, not those inside `new URL`.

/**
 * The address of a file beside the calling one: `.ts` when the caller runs from source, `.js` when it was built.
 *
 * @param from The caller's `import.meta.url`. Undefined in a bundle of CommonJS, which has none: the address then names
 *   no file, and only the option `workerUrls` can tell where it is.
 * @param path Relative, without extension: `./peer.worker`.
 */
export function siblingUrl(from: string | undefined, path: string): URL {
  if (from === undefined) return new URL(`${path}.js`, "bundled:///");
  const extension = new URL(from).pathname.endsWith(".ts") ? ".ts" : ".js";
  return new URL(path + extension, from);
}
