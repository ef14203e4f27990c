import { portOf } from "../io/http/url-port.ts";
import { withoutBrackets } from "../io/network/address.ts";
import { systemWords } from "../io/system/system-sentence.ts";
import type { ProxyAccess, ProxyRequest } from "./proxy-access.ts";

/** The request to a proxy for a URL. `none`: an HTTP proxy gets requests of `http:` URLs itself. */
export function requestForUrl({ proxy }: ProxyAccess, url: URL): ProxyRequest {
  const host = withoutBrackets(url.hostname);
  const isForProxy = proxy.protocol === "http" && url.protocol === "http:";
  return { command: isForProxy ? "none" : "connect", target: { host, port: portOf(url) } };
}

/** The error of a stream through a proxy that ended for a reason, which is its code. */
export function proxyFailure(
  access: ProxyAccess,
  { target }: ProxyRequest,
  reason: string,
): Error & { readonly code: string } {
  const sentence = sentenceOf(`the proxy ${access.text}`, reason, target.port);
  return Object.assign(new Error(sentence), { code: reason });
}

function sentenceOf(proxy: string, reason: string, port: number): string {
  if (reason === "proxy-refused") return `${proxy} refuses port ${port}`;
  return systemWords(reason).replace(/^the proxy/, proxy);
}
