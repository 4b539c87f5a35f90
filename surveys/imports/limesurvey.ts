import { XMLParser } from "fast-xml-parser";
import { localeOfTag } from "../../src/i18n/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { plainText } from "../answering/plain-text.ts";
import type { Imported, ImportNote } from "./report.ts";

type Row = Readonly<Record<string, string>>;

/** A LimeSurvey language as SurveyJS writes it; the survey's own is the default. */
function languageKey(language: string, base: string): string {
  if (language === base) return "default";
  return (localeOfTag(language.replace("zh-Hans", "zh-CN")) ?? language).toLowerCase();
}

/** The rows of a section of the file, whatever their number. */
function rowsOf(document: Readonly<Record<string, unknown>>, section: string): Row[] {
  const part = document[section] as { rows?: { row?: unknown } | string } | undefined;
  const rows = typeof part?.rows === "object" ? part.rows.row : undefined;
  const list = Array.isArray(rows) ? rows : rows === undefined ? [] : [rows];
  return list.map((row) =>
    Object.fromEntries(
      Object.entries(row as Record<string, unknown>).map(([k, v]) => [
        k,
        typeof v === "object" ? "" : String(v ?? ""),
      ]),
    ),
  );
}

const TYPES: Readonly<Record<string, string>> = {
  S: "text",
  T: "comment",
  U: "comment",
  N: "text",
  D: "text",
  L: "radiogroup",
  O: "radiogroup",
  "!": "dropdown",
  M: "checkbox",
  P: "checkbox",
  Y: "boolean",
  G: "radiogroup",
  "5": "rating",
  F: "matrix",
  A: "matrix",
  B: "matrix",
  C: "matrix",
  E: "matrix",
  R: "ranking",
  Q: "multipletext",
  K: "multipletext",
  X: "html",
  "|": "file",
};

/**
 * Reads a LimeSurvey structure file (`.lss`, versions 3 to 6): groups as pages, texts in all languages, short and long
 * text, numbers, dates, lists (radio, drop-down, with comment), multiple choice, yes/no, 5-point choice, arrays, ranking,
 * multiple texts and text display; mandatory, "other"; conditions of the form `question == 'answer'`, joined by and/or.
 * Everything else is left out and said.
 */
export function importLimeSurvey(text: string): Imported {
  // A survey needs no entities of its own, and a file that brings some is no survey.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    throw new AppError("unparsable-body", { detail: "The file declares entities of its own." });
  let root: Record<string, unknown>;
  try {
    const parsed = new XMLParser({
      parseTagValue: false,
      processEntities: true,
      htmlEntities: false,
    }).parse(text) as { document?: Record<string, unknown> };
    root = parsed.document ?? {};
  } catch (cause) {
    throw new AppError("unparsable-body", { detail: "The file is not XML.", cause });
  }
  if (root.LimeSurveyDocType !== "Survey")
    throw new AppError("unparsable-body", { detail: "The file is not a LimeSurvey survey (.lss)." });

  const notes: ImportNote[] = [];
  const [settings] = rowsOf(root, "surveys");
  const base = settings?.language ?? "en";
  const questions = rowsOf(root, "questions");
  const local = (section: string, key: string, id: string): Row[] =>
    rowsOf(root, section).filter((row) => row[key] === id);
  /** A text in all languages, from the localisation tables or (before version 4) the rows themselves. */
  const spokenOf = (rows: readonly Row[], field: string): Record<string, string> | string => {
    const texts = Object.fromEntries(
      rows.flatMap((row) => {
        const said = plainText(row[field] ?? "");
        return said === "" ? [] : [[languageKey(row.language ?? base, base), said]];
      }),
    );
    return Object.keys(texts).length === 0 ? "" : texts;
  };
  const textsOfQuestion = (q: Row): Row[] => {
    const l10n = local("question_l10ns", "qid", q.qid ?? "");
    return l10n.length > 0 ? l10n : questions.filter((o) => o.qid === q.qid);
  };
  const own = (q: Row) => q.parent_qid === "0" && (q.language === undefined || q.language === base);
  const subquestions = (q: Row): Row[] => {
    const all = [...rowsOf(root, "subquestions"), ...questions].filter((s) => s.parent_qid === q.qid);
    return [...new Map(all.map((s) => [s.qid, s])).values()].sort(byOrder("question_order"));
  };
  const answersOf = (q: Row) => {
    const rows = local("answers", "qid", q.qid ?? "");
    const unique = [...new Map(rows.map((a) => [a.code, a])).values()].sort(byOrder("sortorder"));
    return unique.map((a) => {
      const l10n = local("answer_l10ns", "aid", a.aid ?? "-");
      const texts = l10n.length > 0 ? l10n : rows.filter((r) => r.code === a.code);
      return { value: a.code, text: spokenOf(texts, "answer") || a.code };
    });
  };
  const namesOf = (q: Row) =>
    subquestions(q).map((s) => {
      const l10n = local("question_l10ns", "qid", s.qid ?? "");
      const texts = l10n.length > 0 ? l10n : [...rowsOf(root, "subquestions")].filter((o) => o.qid === s.qid);
      return { value: s.title, text: spokenOf(texts, "question") || s.title };
    });

  const codes = new Set(questions.filter(own).map((q) => q.title ?? ""));
  const elementOf = (q: Row): Record<string, unknown> | null => {
    const code = q.title ?? "";
    const kind = TYPES[q.type ?? ""];
    if (kind === undefined) {
      notes.push({
        place: code,
        code: "type-not-understood",
        detail: `Type ${q.type ?? "?"} was left out.`,
      });
      return null;
    }
    const texts = textsOfQuestion(q);
    const title = spokenOf(texts, "question") || code;
    const help = spokenOf(texts, "help");
    const element: Record<string, unknown> = { type: kind, name: code, title };
    if (help !== "") element.description = help;
    if (q.mandatory === "Y" || q.mandatory === "S") element.isRequired = true;
    if (q.other === "Y") element.showOtherItem = true;
    shape(element, q, { answers: answersOf, names: namesOf });
    const condition = conditionOf(q.relevance ?? "", codes);
    if (condition === null)
      notes.push({ place: code, code: "condition-not-understood", detail: "It is always shown." });
    else if (condition !== "") element.visibleIf = condition;
    return element;
  };

  const groups = [...new Map(rowsOf(root, "groups").map((g) => [g.gid, g])).values()].sort(
    byOrder("group_order"),
  );
  const pages = groups.map((group) => {
    const l10n = local("group_l10ns", "gid", group.gid ?? "");
    const texts = l10n.length > 0 ? l10n : rowsOf(root, "groups").filter((g) => g.gid === group.gid);
    const title = spokenOf(texts, "group_name");
    return {
      name: `group${group.gid}`,
      ...(title === "" ? {} : { title }),
      elements: questions
        .filter((q) => own(q) && q.gid === group.gid)
        .sort(byOrder("question_order"))
        .flatMap((q) => elementOf(q) ?? []),
    };
  });
  if (rowsOf(root, "quota").length > 0)
    notes.push({ place: "survey", code: "quota-left-out", detail: "Quotas are not taken over." });
  if (settings?.anonymized === "Y")
    notes.push({
      place: "survey",
      code: "setting-left-out",
      detail: "It was anonymous: make the survey with `anonymous` set, which holds for good.",
    });
  const title = spokenOf(
    rowsOf(root, "surveys_languagesettings").map((r) => ({ ...r, language: r.surveyls_language ?? base })),
    "surveyls_title",
  );
  const locale = localeOfTag(base)?.toLowerCase();
  return {
    document: {
      definition: {
        ...(title === "" ? {} : { title }),
        ...(locale === undefined || locale === "en" ? {} : { locale }),
        pages: pages.filter((p) => p.elements.length > 0),
      },
    },
    title: typeof title === "string" ? title : (title.default ?? ""),
    questions: pages.reduce((sum, p) => sum + p.elements.length, 0),
    notes,
  };
}

function byOrder(field: string) {
  return (a: Row, b: Row) => Number(a[field] ?? 0) - Number(b[field] ?? 0);
}

type Named = { readonly value: string | undefined; readonly text: unknown };

function shape(
  element: Record<string, unknown>,
  q: Row,
  of: { answers(q: Row): Named[]; names(q: Row): Named[] },
): void {
  const numbers = (n: number): Named[] =>
    Array.from({ length: n }, (_, i) => ({ value: String(i + 1), text: String(i + 1) }));
  switch (q.type) {
    case "N":
      element.inputType = "number";
      return;
    case "D":
      element.inputType = "date";
      return;
    case "L":
    case "O":
    case "!":
    case "R":
      element.choices = of.answers(q);
      if (q.type === "O") element.showCommentArea = true;
      return;
    case "G":
      element.choices = [
        { value: "F", text: { default: "Female", "zh-cn": "女", "zh-tw": "女" } },
        { value: "M", text: { default: "Male", "zh-cn": "男", "zh-tw": "男" } },
      ];
      return;
    case "M":
    case "P":
      element.choices = of.names(q);
      return;
    case "5":
      element.rateMin = 1;
      element.rateMax = 5;
      return;
    case "F":
      element.rows = of.names(q);
      element.columns = of.answers(q);
      return;
    case "A":
    case "B":
      element.rows = of.names(q);
      element.columns = numbers(q.type === "A" ? 5 : 10);
      return;
    case "C":
    case "E":
      element.rows = of.names(q);
      element.columns =
        q.type === "C"
          ? [
              { value: "Y", text: { default: "Yes", "zh-cn": "是", "zh-tw": "是" } },
              { value: "U", text: { default: "Uncertain", "zh-cn": "不确定", "zh-tw": "不確定" } },
              { value: "N", text: { default: "No", "zh-cn": "否", "zh-tw": "否" } },
            ]
          : [
              { value: "I", text: { default: "More", "zh-cn": "增加", "zh-tw": "增加" } },
              { value: "S", text: { default: "The same", "zh-cn": "不变", "zh-tw": "不變" } },
              { value: "D", text: { default: "Less", "zh-cn": "减少", "zh-tw": "減少" } },
            ];
      return;
    case "Q":
    case "K":
      element.items = of.names(q).map((n) => ({
        name: n.value,
        title: n.text,
        ...(q.type === "K" ? { inputType: "number" } : {}),
      }));
      return;
    case "X":
      element.html = element.title;
      delete element.title;
      delete element.isRequired;
      return;
  }
}

/** A relevance equation as a condition; empty: always; null: it was not understood. */
function conditionOf(relevance: string, codes: ReadonlySet<string>): string | null {
  const text = relevance.trim();
  if (text === "" || text === "1") return "";
  const parts = text.split(/\s+(and|or|&&|\|\|)\s+/i);
  const read = parts.map((part, i): string | null => {
    if (i % 2 === 1) return /^(?:and|&&)$/i.test(part) ? "and" : "or";
    const match =
      /^\(*\s*(\w+?)(?:\.NAOK|\.valueNAOK)?\s*(==|!=|<=|>=|<|>)\s*(?:"([^"]*)"|'([^']*)'|(-?[\d.]+))\s*\)*$/.exec(
        part,
      );
    if (match === null || !codes.has(match[1] as string)) return null;
    const operator = match[2] === "==" ? "=" : match[2] === "!=" ? "<>" : match[2];
    const value = match[5] ?? `'${(match[3] ?? match[4] ?? "").replaceAll("'", "")}'`;
    return `{${match[1]}} ${operator} ${value}`;
  });
  return read.some((p) => p === null) ? null : read.join(" ");
}
