import test from "ava";
import { makeGeometry } from "@troupe/protocol/metainfo";
import { dueOf } from "../../../src/torrent/reading/reading-window.ts";

const mebibyte = 2 ** 20;
const quarter = makeGeometry(1_000 * mebibyte, mebibyte / 4);
const none = (): boolean => false;
const fromStart = { place: 0, end: 500 * mebibyte, lastPiece: undefined };

function piecesOf(due: ReturnType<typeof dueOf>): number[] {
  return due.map(({ piece }) => piece);
}

test("F04: a slow reader has a window of 4 MiB, due as it gets there", (t) => {
  const due = dueOf(quarter, { ...fromStart, paceBytesPerSecond: mebibyte / 4 }, none, 100);
  t.deepEqual(piecesOf(due), [...Array(16).keys()]);
  t.deepEqual(
    due.slice(0, 3).map(({ atMs }) => atMs),
    [100, 1_100, 2_100],
  );
});

test("the window grows to eight seconds of the pace, and 32 MiB at most", (t) => {
  t.is(dueOf(quarter, { ...fromStart, paceBytesPerSecond: mebibyte }, none, 0).length, 32);
  const fast = { ...fromStart, paceBytesPerSecond: 100 * mebibyte };
  t.is(dueOf(quarter, fast, none, 0).length, 128);
  t.is(dueOf(makeGeometry(100 * mebibyte, 16_384), fast, none, 0).length, 256, "small pieces");
});

test("pieces that are had have no deadline, and none lies behind the end of the range", (t) => {
  const need = {
    place: 300_000,
    end: 1_500_000,
    paceBytesPerSecond: mebibyte,
    lastPiece: undefined,
  };
  t.deepEqual(piecesOf(dueOf(quarter, need, (piece) => piece === 2, 0)), [1, 3, 4, 5]);
  t.deepEqual(dueOf(quarter, { ...need, place: 1_500_000 }, none, 0), []);
});

test("the last piece of the file is due after a mebibyte, and after the second piece", (t) => {
  const orderOf = (pieceLengthBytes: number): number[] => {
    const geometry = makeGeometry(1_000 * mebibyte, pieceLengthBytes);
    const need = { ...fromStart, lastPiece: 99, paceBytesPerSecond: mebibyte };
    const due = dueOf(geometry, need, none, 0);
    return piecesOf(due.toSorted((one, other) => one.atMs - other.atMs)).slice(0, 6);
  };
  t.deepEqual(orderOf(mebibyte / 4), [0, 1, 2, 3, 4, 99]);
  t.deepEqual(orderOf(4 * mebibyte).slice(0, 3), [0, 1, 99]);
});
