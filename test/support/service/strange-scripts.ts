// Scripts of a stranger's page: requests to a service in the browser of its user.

import type { StrangeForm, StrangeRequest } from "./strange-requests.ts";

/** Elements with an address that a browser gets by itself. */
const elements = [
  ["img", "src"],
  ["script", "src"],
  ["video", "src"],
  ["embed", "src"],
  ["object", "data"],
  ["iframe", "src"],
  ["link", "href"],
] as const;

/** Names of the elements that {@link embedAll} makes. */
export const elementNames: readonly string[] = elements.map(([name]) => name);

/**
 * Calls by `fetch` with the user's cookies and passwords; each POST with the three bodies that a form can have.
 *
 * @param mode `no-cors`: without asking whether the other site allows it. @returns An expression: texts that the page has read.
 */
export function fetchAll(requests: readonly StrangeRequest[], mode: "cors" | "no-cors"): string {
  return `(async () => {
    const read = [];
    const ask = async (url, given) => {
      // Events have no end, and a host has six connections.
      const end = new AbortController();
      const options = { credentials: "include", mode: "${mode}", signal: end.signal, ...given };
      try { read.push([url, (await fetch(url, options)).status]); } catch {}
      end.abort();
    };
    const partsOf = (form) => {
      const parts = new FormData();
      for (const [name, value] of new URLSearchParams(form)) parts.set(name, value);
      return parts;
    };
    const bodiesOf = ({ form, plain }) => [new URLSearchParams(form), partsOf(form), plain];
    const calls = ${JSON.stringify(requests)}.flatMap((request) =>
      request.method === "GET" ? [[request.url, {}]]
        : bodiesOf(request).map((body) => [request.url, { method: "POST", body }]));
    const next = async () => {
      for (let call = calls.pop(); call !== undefined; call = calls.pop()) await ask(...call);
    };
    await Promise.all([next(), next(), next(), next()]);
    return read;
  })()`;
}

/** Calls with the password of the user, as a page of the same site. @returns An expression: the status and the text of each answer. */
export function callAll(requests: readonly StrangeRequest[], password: string): string {
  return `Promise.all(${JSON.stringify(requests)}.map(async ({ method, url, form }) => {
    const headers = { Authorization: "Basic " + btoa("troupe:${password}") };
    const body = method === "POST" ? new URLSearchParams(form) : undefined;
    const answer = await fetch(url, { method, headers, body });
    // Events have no end.
    return [answer.status, answer.ok ? "" : await answer.text()];
  }))`;
}

/** Asks first whether the other site allows a body of JSON and a header of a dialect. @returns An expression: statuses that the page has read. */
export function fetchWithPreflight(url: string, header: string): string {
  return `fetch("${url}", {
    method: "POST", credentials: "include", body: "{}",
    headers: { "Content-Type": "application/json", "${header}": "x" },
  }).then(({ status }) => [status], () => [])`;
}

/** Embeds addresses by each element. @returns An expression: for each element and address whether it was loaded. */
export function embedAll(urls: readonly string[]): string {
  return `Promise.all(${JSON.stringify(urls)}.flatMap((url) =>
    ${JSON.stringify(elements)}.map(([name, attribute]) => new Promise((done) => {
      const element = document.createElement(name);
      element.addEventListener("load", () => done([name, "load"]));
      element.addEventListener("loadeddata", () => done([name, "load"]));
      element.addEventListener("error", () => done([name, "error"]));
      if (name === "link") element.rel = "stylesheet";
      element[attribute] = url;
      document.body.append(element);
    }))))`;
}

/** Sends forms into hidden frames. @returns An expression that settles when each frame has a response. */
export function submitForms(forms: readonly StrangeForm[]): string {
  const filled = forms.map(({ encoding, form, plain, ...request }) => ({
    ...{ ...request, encoding },
    fields: encoding === "text/plain" ? [splitAtEquals(plain)] : [...new URLSearchParams(form)],
  }));
  return `Promise.all(${JSON.stringify(filled)}.map((given, index) => new Promise((done) => {
    const frame = Object.assign(document.createElement("iframe"), { name: "frame" + index });
    document.body.append(frame);
    const form = document.createElement("form");
    const { method, url: action, encoding: enctype } = given;
    Object.assign(form, { method, action, enctype, target: frame.name });
    for (const [name, value] of given.fields) {
      form.append(Object.assign(document.createElement("input"), { name, value }));
    }
    document.body.append(form);
    frame.addEventListener("load", () => done());
    form.submit();
  })))`;
}

/** A form writes a name, `=` and a value: a text that has the character is sent as it is. */
function splitAtEquals(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
