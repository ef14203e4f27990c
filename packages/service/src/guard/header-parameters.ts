/**
 * Reads the parameters of a header, such as `; name="a"; filename=b`.
 * @returns Parameters by their names in lower case; undefined for other text, and where a parameter comes twice.
 */
export function headerParameters(text: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  const parameter = /;[ \t]*([\w-]+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))[ \t]*/sy;
  while (parameter.lastIndex < text.length) {
    const [, name, quoted, plain = ""] = parameter.exec(text) ?? [];
    const key = name?.toLowerCase();
    if (key === undefined || parameters.has(key)) return undefined;
    // Only these two are escaped: old browsers send paths of Windows with single backslashes.
    parameters.set(key, quoted?.replaceAll(/\\(["\\])/g, "$1") ?? plain);
  }
  return parameters;
}
