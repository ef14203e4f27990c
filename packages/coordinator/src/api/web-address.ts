/** Whether the source of a list is fetched from a web server. */
export function isWebAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}
