import test from "ava";
import { histogramSamples, metricsText } from "../../src/metrics/metrics-text.ts";

test("quotes, backslashes and line breaks are escaped, and numbers without an end are spelled", (t) => {
  const labels = { group: 'a"b\\c\nd' };
  const samples = [
    { labels, value: Infinity },
    { labels: {}, value: Number.NaN },
    { labels: { a: "1", b: "2" }, value: -Infinity },
  ];
  t.is(
    metricsText([{ name: "m", type: "gauge", help: 'two\nlines \\ "', samples }]),
    '# HELP m two\\nlines \\\\ "\n# TYPE m gauge\nm{group="a\\"b\\\\c\\nd"} +Inf\nm NaN\nm{a="1",b="2"} -Inf\n',
  );
});

test("a histogram has a bucket for each bound, one for all observations, and their sum and number", (t) => {
  const samples = histogramSamples({
    labels: { call: "read" },
    value: 7,
    sum: 2.5,
    buckets: [
      [0.001, 2],
      [1, 5],
    ],
  });
  t.is(
    metricsText([{ name: "s", type: "histogram", help: "Reads.", samples }]),
    [
      "# HELP s Reads.",
      "# TYPE s histogram",
      's_bucket{call="read",le="0.001"} 2',
      's_bucket{call="read",le="1"} 5',
      's_bucket{call="read",le="+Inf"} 7',
      's_sum{call="read"} 2.5',
      's_count{call="read"} 7',
      "",
    ].join("\n"),
  );
});

test("a metric without samples is left out", (t) => {
  t.is(metricsText([{ name: "m", type: "gauge", help: "None.", samples: [] }]), "");
});
