// A routing table as lines of text, in the form of Net::BitTorrent::DHT, a Perl node.

import type { DhtTable, DhtTableBucket, DhtTableNode } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import { cleanText } from "@troupe/protocol/text";

/** Characters of a version: two letters and two numbers. */
const versionLetters = 2;

/**
 * @param epochMs Milliseconds since 1970: `seen` has the seconds since then.
 * @returns A line without its end for each bucket, node and total.
 */
export function tableLines(table: DhtTable, epochMs: number): string[] {
  const { buckets, traffic } = table;
  const nodes = buckets.reduce((sum, bucket) => sum + bucket.nodes.length, 0);
  const candidates = buckets.reduce((sum, bucket) => sum + bucket.candidates.length, 0);
  return [
    `Num buckets: ${buckets.length}. My DHT ID: ${idText(table.id)}`,
    ...buckets.flatMap((bucket, index) => bucketLines(bucket, index, epochMs)),
    `Total peers: ${nodes + candidates} (in replacement cache ${candidates})`,
    `Outstanding add nodes: ${table.pendingNodes}`,
    `Received: ${traffic.queriesReceived} requests (${sizeText(traffic.queriesReceivedBytes)}), ` +
      `${traffic.answersReceived} replies (${sizeText(traffic.answersReceivedBytes)}), ` +
      `${traffic.invalidReceived} invalid (${sizeText(traffic.invalidBytes)})`,
    `Sent: ${traffic.queriesSent} requests (${sizeText(traffic.queriesSentBytes)}), ` +
      `${traffic.answersSent} replies (${sizeText(traffic.answersSentBytes)})`,
  ];
}

function bucketLines(bucket: DhtTableBucket, index: number, epochMs: number): string[] {
  const { floor, nodes, candidates } = bucket;
  return [
    `Bucket ${index}: ${idText(floor)} (replacement cache: ${candidates.length})`,
    ...nodes.map((node) => nodeLine(node, epochMs)),
  ];
}

function nodeLine(node: DhtTableNode, epochMs: number): string {
  const { id, host, port, failures, answeredMs, ageMs, version } = node;
  const seen = answeredMs === undefined ? 0 : Math.floor((epochMs - answeredMs) / 1_000);
  return (
    `    ${idText(id)} ${addressKey(host, port)} fail:${failures} seen:${seen} ` +
    `age:${durationText(ageMs)} ver:${versionText(version)}`
  );
}

function idText(id: Uint8Array): string {
  return Buffer.from(id).toString("hex").toUpperCase();
}

/** `1d 2h 3m 4s` without the parts that are 0. */
function durationText(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  const text = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return text.length === 0 ? "0s" : text.join(" ");
}

/** `LT0208`: the letters of the program, and the other bytes as numbers of two hexadecimal digits. */
function versionText(version: Uint8Array | undefined): string {
  if (version === undefined || version.length === 0) return "?";
  const letters = cleanText(version.subarray(0, versionLetters), versionLetters);
  return `${letters}${Buffer.from(version.subarray(versionLetters)).toString("hex")}`;
}

function sizeText(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(2)} GB`;
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(2)} MB`;
  return bytes >= 2 ** 10 ? `${(bytes / 2 ** 10).toFixed(2)} KB` : `${bytes} bytes`;
}
