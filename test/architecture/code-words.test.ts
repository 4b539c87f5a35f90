import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { TObject } from "typebox";
import { STATEABLE } from "../../consent/consents.schema.ts";
import { RULES } from "../../consent/decision.ts";
import { COLLECTION_METHODS } from "../../consent/ledger.ts";
import { NOTICE_SECTIONS } from "../../consent/notices.ts";
import { CLUE_ORDER } from "../../consent/regimes/decide-regime.ts";
import { CONTACT_CHANNELS, LAWFUL_BASES, REGIME_IDS } from "../../consent/vocabulary.ts";
import { SOURCE_KINDS } from "../../pipelines/adapter.ts";
import { MAPPING_WARNINGS } from "../../pipelines/mapping/mapping-warnings.ts";
import { HAPPENING_TARGETS, IDENTIFIER_TARGETS, TRAIT_TARGETS } from "../../pipelines/mapping/targets.ts";
import { CATEGORIES } from "../../src/events/fields/marks.ts";
import { TRAITS as STANDARD_TRAITS } from "../../src/events/fields/traits.ts";
import { REVEAL_REASONS } from "../../src/kernel/mask.ts";
import { PROBLEMS } from "../../src/kernel/problems.ts";
import { ROLES } from "../../src/kernel/route.ts";
import { REASONS } from "../../src/kernel/verdicts.ts";
import { RESOLUTION_RULES } from "../../src/members/rules.ts";
import { ERASURE_STEPS, PACKAGE_STEPS } from "../../src/privacy/fulfil/port.ts";
import { STAFF_METHODS } from "../../src/privacy/requests/identity.ts";
import { DOORS } from "../../src/privacy/requests/kinds.ts";
import { ACTS as REQUEST_ACTS, STATES as REQUEST_STATES } from "../../src/privacy/requests/state.ts";
import { ALERTS, MESSAGES } from "../../src/privacy/requests/words.ts";
import { TOMBSTONE_REASONS } from "../../src/recipients/view.ts";
import { ASK_REASONS } from "../../surveys/cadence/decide.ts";
import { IMPORT_NOTES } from "../../surveys/imports/report.ts";
import { ACTS, STEP_WORDS } from "../../web/src/codes/acts.ts";
import { AUDITED, auditedIn, TARGETS } from "../../web/src/codes/audited.ts";
import type { CodeWords } from "../../web/src/codes/code-words.ts";
import { DECISION_WORDS } from "../../web/src/codes/decisions.ts";
import { IMPORT_WORDS } from "../../web/src/codes/imports.ts";
import {
  ACTORS,
  BASES,
  CHANNELS,
  DATA_KINDS,
  DOORS as DOOR_WORDS,
  IDENTIFIERS,
  IDENTITY_METHODS,
  KINDS,
  METHODS,
  REGIMES,
  ROLE_WORDS,
  SOURCE_KINDS as SOURCE_WORDS,
} from "../../web/src/codes/kinds.ts";
import { TEMPLATES } from "../../web/src/codes/mail.ts";
import { MAPPING_WARNING_WORDS } from "../../web/src/codes/mapping-warnings.ts";
import { CLUES, SECTIONS } from "../../web/src/codes/notices.ts";
import { PROBLEM_WORDS } from "../../web/src/codes/problems.ts";
import {
  ASK_WORDS,
  FAILURES,
  NOTICE_REASONS,
  REASON_WORDS,
  REVEALS,
  RULE_WORDS,
} from "../../web/src/codes/reasons.ts";
import { ROW_FIELD_WORDS } from "../../web/src/codes/row-fields.ts";
import { STATES } from "../../web/src/codes/states.ts";
import { TRAITS } from "../../web/src/codes/traits.ts";

/** Families of words and the codes that the rooms declare for them. */
const DECLARED: Readonly<Record<string, { words: CodeWords; codes: readonly string[] }>> = {
  problems: { words: PROBLEM_WORDS, codes: Object.keys(PROBLEMS) },
  "reasons of items": { words: REASON_WORDS, codes: Object.keys(REASONS) },
  "reasons not to ask": { words: ASK_WORDS, codes: ASK_REASONS },
  "warnings of mappings": { words: MAPPING_WARNING_WORDS, codes: MAPPING_WARNINGS },
  "notes of imports": { words: IMPORT_WORDS, codes: IMPORT_NOTES },
  "rules of identity": { words: RULE_WORDS, codes: Object.keys(RESOLUTION_RULES) },
  "reasons to drop somebody": { words: NOTICE_REASONS, codes: TOMBSTONE_REASONS },
  "states of requests": { words: STATES, codes: REQUEST_STATES },
  "acts on requests": { words: ACTS, codes: REQUEST_ACTS },
  "steps of requests": { words: STEP_WORDS, codes: [...ERASURE_STEPS, ...PACKAGE_STEPS] },
  "checks of identity": { words: IDENTITY_METHODS, codes: STAFF_METHODS },
  "states of consent": { words: STATES, codes: STATEABLE },
  "ways of consent": { words: METHODS, codes: COLLECTION_METHODS },
  "kinds of data": { words: DATA_KINDS, codes: CATEGORIES },
  "doors of requests": { words: DOOR_WORDS, codes: DOORS },
  "reasons to look": { words: REVEALS, codes: REVEAL_REASONS },
  "rules of decisions": { words: DECISION_WORDS, codes: RULES },
  "traits of people": { words: TRAITS, codes: Object.keys((STANDARD_TRAITS as TObject).properties) },
  "fields of a file's rows": {
    words: ROW_FIELD_WORDS,
    codes: [...Object.keys(IDENTIFIER_TARGETS), ...TRAIT_TARGETS, ...HAPPENING_TARGETS],
  },
  "parts of notices": { words: SECTIONS, codes: NOTICE_SECTIONS },
  "clues to a law": { words: CLUES, codes: CLUE_ORDER },
  channels: { words: CHANNELS, codes: CONTACT_CHANNELS },
  bases: { words: BASES, codes: LAWFUL_BASES },
  regimes: { words: REGIMES, codes: REGIME_IDS },
  "kinds of sources": { words: SOURCE_WORDS, codes: SOURCE_KINDS },
  mail: { words: TEMPLATES, codes: [...MESSAGES, ...ALERTS].map((name) => `request-${name}`) },
  roles: { words: ROLE_WORDS, codes: ROLES },
};

/** Which family names the enumerated values of a field of the API. */
const FIELDS: Readonly<Record<string, CodeWords>> = {
  state: STATES,
  status: STATES,
  decision: STATES,
  declaration: STATES,
  authority: STATES,
  phase: STATES,
  risk: STATES,
  level: STATES,
  severity: STATES,
  regime: REGIMES,
  role: ROLE_WORDS,
  lawfulBasis: BASES,
  channels: CHANNELS,
  channel: CHANNELS,
  possibleActs: ACTS,
  what: KINDS,
  use: KINDS,
};
/** A field whose values depend on what it is a kind of. */
const KIND_FAMILIES = [KINDS, SOURCE_WORDS, IDENTIFIERS];

type Schema = { readonly [key: string]: unknown };

describe("the words of codes in the console", () => {
  const api = JSON.parse(readFileSync(new URL("../../openapi.json", import.meta.url), "utf8")) as {
    readonly paths: Readonly<
      Record<string, Readonly<Record<string, { responses: Record<string, { content?: object }> }>>>
    >;
  };

  /** Every enumerated text of successful answers, with the field that holds it. */
  const answered = (): (readonly [field: string, code: string])[] => {
    const found = new Map<string, readonly [string, string]>();
    const visit = (schema: unknown, field: string): void => {
      if (Array.isArray(schema)) for (const part of schema) visit(part, field);
      if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return;
      const s = schema as Schema;
      const values = [s.const, ...(Array.isArray(s.enum) ? s.enum : [])];
      for (const v of values) if (typeof v === "string") found.set(`${field} ${v}`, [field, v]);
      for (const [name, part] of Object.entries((s.properties ?? {}) as Schema)) visit(part, name);
      for (const key of ["anyOf", "oneOf", "allOf", "items", "additionalProperties"]) visit(s[key], field);
    };
    for (const operations of Object.values(api.paths))
      for (const { responses } of Object.values(operations))
        for (const [status, { content }] of Object.entries(responses))
          if (Number(status) < 400)
            for (const { schema } of Object.values(content ?? {}) as { schema?: unknown }[])
              visit(schema, "");
    return [...found.values()];
  };

  for (const [family, { words, codes }] of Object.entries(DECLARED))
    it(`name all ${family}`, () => {
      expect(codes.filter((code) => !Object.hasOwn(words, code))).to.deep.equal([]);
    });

  it("name every state, status, role, basis and act that an answer of the API may hold", () => {
    const all = answered();
    expect(all.filter(([field]) => field === "state").length).to.be.greaterThan(20);
    const nameless = all.filter(([field, code]) => {
      const words = FIELDS[field];
      if (words !== undefined) return !Object.hasOwn(words, code);
      return field === "kind" && !KIND_FAMILIES.some((family) => Object.hasOwn(family, code));
    });
    expect(nameless.map((pair) => pair.join(": "))).to.deep.equal([]);
  });

  it("name every action that some room writes into the audit log", () => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const actions = new Set(
      ["consent", "pipelines", "src", "surveys"].flatMap((room) =>
        readdirSync(`${root}/${room}`, { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(".ts"))
          .flatMap((file) => {
            const text = readFileSync(`${root}/${room}/${file}`, "utf8");
            return [...text.matchAll(/action: "([a-z-]+\.[a-z.-]+)"/g)].map((match) => match[1] as string);
          }),
      ),
    );
    expect(actions.size).to.be.greaterThan(50);
    expect([...actions].filter((action) => auditedIn(action, "en") === action)).to.deep.equal([]);
    // Actions whose last part is a code: acts on requests, states of consent, reasons to look, certificates.
    for (const action of [
      "request.approve",
      "consent.given",
      "profile.revealed.case",
      "request.revealed.request",
      "mail.revealed.data-quality",
      "privacy.erasure-certified",
    ])
      expect(auditedIn(action, "zh-TW"), action).to.match(/^[^a-z]+$/);
  });

  it("are there in all three languages, none of them empty", () => {
    const families = [
      ...Object.values(DECLARED).map(({ words }) => words),
      ...KIND_FAMILIES,
      TEMPLATES,
      AUDITED,
      TARGETS,
      ACTORS,
      FAILURES,
    ];
    const wrong = families.flatMap((words) =>
      Object.entries(words).flatMap(([code, told]) =>
        told.length === 3 && told.every((word) => word.trim() !== "") ? [] : [code],
      ),
    );
    expect(wrong).to.deep.equal([]);
  });
});
