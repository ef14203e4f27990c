// The rule for addresses that others may see: a passkey of a tracker stands in the path, the query or the user of its URL.

const wholeUrl = /^(\s*[a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^/?#@]*@)?([^/?#]*)(.*)$/is;
const urlInText = /([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#@]*@)?([^\s/?#]*)(\S*)/gi;
/** Parameters of a magnet link that are no addresses. */
const plainParameters: ReadonlySet<string> = new Set(["dn", "so", "x.pe", "xl", "xt"]);

/**
 * A value without secrets: of each URL in its texts the scheme and the host stay, as in `http://tracker.example/…`, also of
 * those in magnet links.
 *
 * @param value Plain data; it is not changed.
 */
export function withoutSecrets<Value>(value: Value): Value {
  return masked(value) as Value;
}

function masked(value: unknown): unknown {
  if (typeof value === "string") return maskedText(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, masked(each)]));
}

function maskedText(text: string): string {
  if (/^\s*magnet:/i.test(text)) return maskedMagnet(text);
  if (!text.includes("://")) return text;
  if (wholeUrl.test(text)) return text.replace(wholeUrl, maskedUrl);
  return text.replace(urlInText, maskedUrl);
}

function maskedUrl(_: string, start: string, host: string, rest: string): string {
  return `${start}${host}${/^\/?$/.test(rest) ? rest : "/…"}`;
}

function maskedMagnet(link: string): string {
  const [start = "", ...query] = link.split("?");
  const parameters = query.join("?").split("&").map(maskedParameter);
  return query.length === 0 ? start : `${start}?${parameters.join("&")}`;
}

/** An address that cannot be read is left out. */
function maskedParameter(parameter: string): string {
  const [name = "", ...value] = parameter.split("=");
  if (value.length === 0 || plainParameters.has(name.toLowerCase().replace(/\.\d+$/, "")))
    return parameter;
  const address = decoded(value.join("="));
  return `${name}=${wholeUrl.test(address) ? encodeURIComponent(maskedText(address)) : "…"}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
