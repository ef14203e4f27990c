/**
 * The URL of a file beside the caller: `.ts` from source, `.js` when built, because tsc rewrites extensions only in
 * imports.
 * @param from `import.meta.url`. Undefined in a CommonJS bundle, which needs the option `workerUrls`.
 * @param path Relative, without extension: `./peer.worker`.
 */
export function siblingUrl(from: string | undefined, path: string): URL {
  if (from === undefined) return new URL(`${path}.js`, "bundled:///");
  const extension = new URL(from).pathname.endsWith(".ts") ? ".ts" : ".js";
  return new URL(path + extension, from);
}
