// Colours of the report against WCAG, and for people who see fewer colours.

import { readFileSync } from "node:fs";
import test from "ava";
import { pageModuleUrl } from "../../../src/report/page-module.ts";

type Rgb = readonly [red: number, green: number, blue: number];

const style = readFileSync(new URL("style.css", pageModuleUrl("main")), "utf8");
const pair = /--([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);/g;
const pairs = [...style.matchAll(pair)];
const themes = {
  light: new Map(pairs.map(([, name = "", light = ""]) => [name, rgb(light)])),
  dark: new Map(pairs.map(([, name = "", , dark = ""]) => [name, rgb(dark)])),
};

function rgb(hex: string): Rgb {
  const channel = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return [channel(0), channel(2), channel(4)];
}

function linear(value: number): number {
  return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map(linear);
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Matrices of Machado, Oliveira and Fernandes (2009), of linear colours. */
const deficiencies: Readonly<Record<string, readonly Rgb[]>> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152, 1.053, -0.205],
    [0.115, 0.786, 0.099],
    [-0.004, -0.048, 1.052],
  ],
  deuteranopia: [
    [0.367, 0.861, -0.228],
    [0.28, 0.673, 0.047],
    [-0.012, 0.043, 0.969],
  ],
  tritanopia: [
    [1.256, -0.077, -0.179],
    [-0.078, 0.931, 0.148],
    [0.005, 0.691, 0.304],
  ],
};

/** CIE L*a*b* of a colour as it is seen. */
function seen(colour: Rgb, matrix: readonly Rgb[]): Rgb {
  const rgb = colour.map(linear);
  const mixed = matrix.map((row) =>
    Math.max(
      0,
      row.reduce((sum, factor, at) => sum + factor * (rgb[at] ?? 0), 0),
    ),
  );
  const [r = 0, g = 0, b = 0] = mixed;
  const f = (value: number) => (value > 0.008_856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(one: Rgb, other: Rgb): number {
  return Math.hypot(...one.map((value, at) => value - (other[at] ?? 0)));
}

for (const [theme, colours] of Object.entries(themes)) {
  const of = (name: string): Rgb => colours.get(name) ?? [0.5, 0.5, 0.5];
  const named = (prefix: string) => [...colours.keys()].filter((name) => name.startsWith(prefix));

  test(`${theme}: texts have a contrast of 4.5, lines and areas of 3`, (t) => {
    t.true(colours.size > 25);
    for (const [text, behind] of [
      ["text", "page"],
      ["text", "card"],
      ["muted", "page"],
      ["muted", "card"],
      ["link", "page"],
      ["link", "card"],
      ["good", "good-soft"],
      ["bad", "bad-soft"],
      ["warn", "warn-soft"],
      ["good", "card"],
      ["bad", "card"],
      ["warn", "card"],
      ["series-1", "card"],
      ["series-2", "card"],
    ] as const) {
      t.true(
        contrast(of(text), of(behind)) >= 4.5,
        `${text} on ${behind}: ${contrast(of(text), of(behind))}`,
      );
    }
    for (const name of [...named("series-"), ...named("p-"), ...named("state-")]) {
      t.true(contrast(of(name), of("card")) >= 3, `${name}: ${contrast(of(name), of("card"))}`);
    }
  });

  test(`${theme}: lines of one dash are told apart by people who see fewer colours`, (t) => {
    const names = named("series-");
    for (const [deficiency, matrix] of Object.entries(deficiencies)) {
      for (const one of names) {
        for (const other of names.filter((name) => name > one)) {
          const apart = distance(seen(of(one), matrix), seen(of(other), matrix));
          t.true(apart > 12, `${one} and ${other}, ${deficiency}: ${apart}`);
        }
      }
    }
  });
}
