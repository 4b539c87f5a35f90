import { createHash } from "node:crypto";
import { html, type Locale, type LocaleText, type Markup, timeIn } from "../../../consent/index.ts";
import { csvLine } from "../../kernel/csv.ts";
import type { FilledSection, PackageRow } from "./package-content.ts";
import type { ColumnType, Section } from "./package-sections.ts";
import { PACKAGE_WORDS, type PackageWords } from "./package-words.ts";
import type { ZipEntry } from "./zip.ts";

export interface PackageHead {
  readonly kind: "access" | "portability";
  readonly requestId: string;
  readonly locale: Locale;
  readonly madeAt: Date;
  readonly controller: LocaleText;
}

/** The files of a package: a page to read, JSON with its schema, one CSV a section, a dictionary, a list of hashes. */
export function packageFiles(head: PackageHead, sections: readonly FilledSection[]): ZipEntry[] {
  const words = PACKAGE_WORDS[head.locale];
  const files: ZipEntry[] = [
    { name: "index.html", content: Buffer.from(page(head, words, sections), "utf8") },
    { name: "data.json", content: Buffer.from(JSON.stringify(dataOf(head, sections), null, 1), "utf8") },
    { name: "data.schema.json", content: Buffer.from(JSON.stringify(schemaOf(sections), null, 1), "utf8") },
    { name: "dictionary.csv", content: Buffer.from(dictionary(head.locale, sections), "utf8") },
    ...sections.map(({ section, rows }) => ({
      name: `csv/${section.id}.csv`,
      content: Buffer.from(csv(section, rows), "utf8"),
    })),
  ];
  const manifest = {
    format: "candor-package/1",
    kind: head.kind,
    request: head.requestId,
    madeAt: head.madeAt.toISOString(),
    controller: head.controller,
    sections: sections.map(({ section, rows }) => ({ id: section.id, rows: rows.length })),
    files: files.map((f) => ({
      name: f.name,
      bytes: f.content.length,
      sha256: createHash("sha256").update(f.content).digest("hex"),
    })),
  };
  return [
    ...files,
    { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest, null, 1), "utf8") },
  ];
}

/** The same content as one JSON document, as `data.json` holds it. */
export function dataOf(head: PackageHead, sections: readonly FilledSection[]): Record<string, unknown> {
  return {
    format: "candor-package/1",
    kind: head.kind,
    madeAt: head.madeAt.toISOString(),
    ...Object.fromEntries(
      sections.map(({ section, rows }) => [
        section.id,
        rows.map((row) => Object.fromEntries(section.columns.map((c) => [c.name, plain(row[c.name])]))),
      ]),
    ),
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value === undefined) return null;
  return value;
}

const TYPES: Readonly<Record<ColumnType, object>> = {
  text: { type: ["string", "null"] },
  number: { type: ["number", "null"] },
  flag: { type: ["boolean", "null"] },
  time: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] },
  json: {},
};

/** JSON Schema 2020-12 of `data.json`. */
export function schemaOf(sections: readonly FilledSection[]): Record<string, unknown> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Candor package",
    type: "object",
    required: ["format", "kind", "madeAt", ...sections.map((s) => s.section.id)],
    properties: {
      format: { const: "candor-package/1" },
      kind: { enum: ["access", "portability"] },
      madeAt: { type: "string", format: "date-time" },
      ...Object.fromEntries(
        sections.map(({ section }) => [
          section.id,
          {
            description: section.about.en,
            type: "array",
            items: {
              type: "object",
              required: section.columns.map((c) => c.name),
              additionalProperties: false,
              properties: Object.fromEntries(
                section.columns.map((c) => [c.name, { description: c.about.en, ...TYPES[c.type] }]),
              ),
            },
          },
        ]),
      ),
    },
    additionalProperties: false,
  };
}

function cell(value: unknown): string | number | boolean | null {
  const told = plain(value);
  if (told === null || typeof told === "string" || typeof told === "number" || typeof told === "boolean")
    return told;
  return JSON.stringify(told);
}

function csv(section: Section, rows: readonly PackageRow[]): string {
  // Spreadsheets take a file for UTF-8 only with this mark.
  return `\ufeff${csvLine(section.columns.map((c) => c.name))}${rows
    .map((row) => csvLine(section.columns.map((c) => cell(row[c.name]))))
    .join("")}`;
}

function dictionary(locale: Locale, sections: readonly FilledSection[]): string {
  const lines = sections.flatMap(({ section }) =>
    section.columns.map((c) => csvLine([section.id, c.name, c.type, section.title[locale], c.about[locale]])),
  );
  return `\ufeff${csvLine(["section", "column", "type", "section title", "meaning"])}${lines.join("")}`;
}

/** Rows of one section on the page; the files hold all. */
const SHOWN = 2_000;

function page(head: PackageHead, words: PackageWords, sections: readonly FilledSection[]): string {
  const { locale } = head;
  const filled = sections.filter((s) => s.rows.length > 0);
  const { markup } = html`<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title><style>${STYLE}</style></head>
<body><header><p>${head.controller[locale]}</p><h1>${words.title}</h1>
<p>${words.lead}</p><p>${words.madeAt}: ${timeIn(locale, head.madeAt)} · ${words.request}: ${head.requestId}</p></header>
<main><nav aria-label="${words.contents}"><h2>${words.contents}</h2><ul>${filled.map(
    ({ section, rows }) =>
      html`<li><a href="#${section.id}">${section.title[locale]}</a> (${rows.length})</li>`,
  )}</ul></nav>
${filled.map((s) => sectionOf(s, locale, words))}
<section><h2>${words.filesTitle}</h2><p>${words.filesText}</p></section></main></body></html>`;
  return markup;
}

function sectionOf({ section, rows }: FilledSection, locale: Locale, words: PackageWords): Markup {
  const rest = rows.length - SHOWN;
  return html`<section id="${section.id}"><h2>${section.title[locale]}</h2><p>${section.about[locale]}</p>
<div class="wide" tabindex="0" role="region" aria-label="${section.title[locale]}"><table><thead><tr>${section.columns.map(
    (c) => html`<th scope="col">${c.about[locale]}</th>`,
  )}</tr></thead><tbody>${rows.slice(0, SHOWN).map(
    (
      row,
    ) => html`<tr>${section.columns.map((c) => html`<td>${shown(row[c.name], c.type, locale, words)}</td>`)}</tr>
`,
  )}</tbody></table></div>${rest > 0 ? html`<p>${words.more.replace("{n}", String(rest))}</p>` : null}</section>
`;
}

function shown(value: unknown, type: ColumnType, locale: Locale, words: PackageWords): string {
  const told = plain(value);
  if (told === null) return "–";
  if (typeof told === "boolean") return told ? words.yes : words.no;
  if (type === "time" && typeof told === "string" && !Number.isNaN(Date.parse(told)))
    return timeIn(locale, new Date(told));
  return typeof told === "string" ? told : JSON.stringify(told);
}

const STYLE: Markup = {
  markup:
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:72rem}" +
    "h1{line-height:1.2}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}" +
    "th,td{border:1px solid #8886;padding:.3rem .5rem;text-align:start;vertical-align:top;max-width:28rem;overflow-wrap:anywhere}" +
    "th{background:#8882}section{margin-block:2rem}",
};
