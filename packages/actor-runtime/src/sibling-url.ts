let replacement: (from: string, path: string) => URL | undefined = () => undefined;

/** Lets a program give files of its own in place of those beside a caller. @param find Undefined: the file beside it. */
export function replaceSiblings(find: typeof replacement): void {
  replacement = find;
}

/**
 * The URL of a file beside the caller: `.ts` from source, `.js` when built, because tsc rewrites extensions only in
 * imports.
 * @param from `import.meta.url`. Undefined in a CommonJS bundle, which needs the option `workerUrls`.
 * @param path Relative, without extension: `./peer.worker`.
 */
export function siblingUrl(from: string | undefined, path: string): URL {
  if (from === undefined) return new URL(`${path}.js`, "bundled:///");
  const replaced = replacement(from, path);
  if (replaced !== undefined) return replaced;
  const extension = new URL(from).pathname.endsWith(".ts") ? ".ts" : ".js";
  return new URL(path + extension, from);
}
