import type { FilePreview } from "../../pipelines/index.ts";
import { describeColumns, describeFormat } from "./import-report.ts";
import { count, money, plural, printable, shortTime, table } from "./text.ts";

type Rule = NonNullable<NonNullable<FilePreview["mapping"]>["fields"]>[string];
type Mapped = NonNullable<FilePreview["rows"][number]["mapped"]>;

/** Where a field comes from, in a few words. */
function describeRule(rule: Rule): string {
  if (typeof rule === "string") return rule;
  const { column, columns, path, const: constant, join, ...rest } = rule;
  const from =
    column ??
    columns?.join(" + ") ??
    (path === undefined ? `always ${JSON.stringify(constant)}` : `at ${path}`);
  const how = Object.entries({ ...(join === undefined ? {} : { join }), ...rest }).map(
    ([name, value]) => `${name} ${JSON.stringify(value)}`,
  );
  return how.length === 0 ? from : `${from}  (${how.join(", ")})`;
}

function describeMapped(row: Mapped): string {
  const who = row.identifiers.map((i) => `${i.kind} ${i.masked}`).join(", ");
  const order = row.order;
  const parts = [
    shortTime(row.occurredAt),
    row.name === null ? row.type : `${row.type} "${row.name}"`,
    ...(row.storeId === null ? [] : [`store ${row.storeId}`]),
    ...(order?.receiptNo == null ? [] : [`receipt ${order.receiptNo}`]),
    ...(order === null ? [] : [money(order.totalMinor, order.currency)]),
    who,
    ...(row.traits.length === 0 ? [] : [`says ${row.traits.join(", ")}`]),
    ...(row.unset.length === 0 ? [] : [`empties ${row.unset.join(", ")}`]),
  ];
  return printable(parts.join(" | "));
}

/** What an import would do, for people. `origin` says whose mapping it was. */
export function describePreview(name: string, preview: FilePreview, origin: string): string[] {
  const read = `${plural(preview.rowsRead, "row")} read${preview.isWhole ? ", the whole file" : ", then stopped"}`;
  const rejected = preview.problems.reduce((n, p) => n + p.count, 0);
  const lines = [`${printable(name)}: ${describeFormat(preview)}; ${read}. Nothing was written.`];
  if (preview.mapping !== null) {
    lines.push("", `Mapping (${origin}):`);
    lines.push(
      ...table(
        Object.entries(preview.mapping.fields ?? {}).map(([field, rule]) => [
          field,
          "<-",
          describeRule(rule),
        ]),
        { indent: "  " },
      ),
    );
    for (const i of preview.mapping.identifiers ?? [])
      lines.push(`  ${printable(`${i.kind}  <-  ${i.column ?? i.columns?.join(" + ") ?? ""}`)}`);
  }
  const columns = describeColumns(preview);
  if (columns.length > 0) lines.push("", ...columns);
  lines.push(
    "",
    rejected === 0 ? "No row would be rejected." : `${plural(rejected, "row")} would be rejected:`,
  );
  lines.push(
    ...table(
      preview.problems.map((p) => [count(p.count), p.code, `first on line ${count(p.firstLine)}`, p.detail]),
      { indent: "  ", right: [0] },
    ),
  );
  if (preview.rows.length > 0) {
    lines.push("", "First rows (values of people are masked):");
    for (const { line, mapped, problems } of preview.rows) {
      const said =
        mapped === null
          ? `REJECTED ${problems.map((p) => `${p.code}: ${printable(p.detail)}`).join("; ")}`
          : describeMapped(mapped);
      lines.push(`  line ${count(line)}  ${said}`);
    }
  }
  return lines;
}
