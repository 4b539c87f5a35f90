import { expect } from "chai";
import fc from "fast-check";
import { ConditionsParser } from "survey-core";
import { isJson, type Json, questionsOf } from "../../../surveys/definitions/definition.ts";
import type { SurveyDocument } from "../../../surveys/definitions/survey.schema.ts";
import { TEMPLATES } from "../../../surveys/templates/index.ts";
import {
  OPERATORS,
  readCondition,
  type Scalar,
  type Test,
  writeCondition,
} from "../../../web/src/areas/voice/editor/conditions.ts";
import {
  addElement,
  addPage,
  changeKind,
  declareMetric,
  duplicateNode,
  type Edited,
  moveInto,
  moveNode,
  removeNode,
  renameNode,
  setProperty,
} from "../../../web/src/areas/voice/editor/edits.ts";
import { begin, record, redo, undo } from "../../../web/src/areas/voice/editor/history.ts";
import { KIND_NAMES } from "../../../web/src/areas/voice/editor/kinds.ts";
import { flat, nodeOf, outlineOf } from "../../../web/src/areas/voice/editor/outline.ts";
import { readSpoken, writeSpoken } from "../../../web/src/areas/voice/editor/spoken.ts";

/** Properties that the editor knows nothing of, as other tools and later versions write them. */
const unknown = fc.dictionary(
  fc.stringMatching(/^x[A-Za-z]{1,8}$/),
  fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 })),
  { maxKeys: 3 },
);
const question = (id: string) =>
  fc.tuple(fc.constantFrom("rating", "comment", "radiogroup", "boolean"), unknown).map(
    ([type, more]): Json => ({
      ...more,
      type,
      name: `q${id}`,
      ...(type === "radiogroup" ? { choices: ["a", { value: 1, xKept: true }] } : {}),
    }),
  );
const element = (id: string) =>
  fc.oneof(
    { weight: 4, arbitrary: question(id) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(unknown, question(`${id}a`), question(`${id}b`))
        .map(([more, a, b]): Json => ({ ...more, type: "panel", name: `p${id}`, elements: [a, b] })),
    },
  );
const aDocument = fc
  .array(fc.tuple(unknown, fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 4 })
  .chain((pages) =>
    fc.tuple(
      unknown,
      ...pages.map(([more, count], p) =>
        fc
          .tuple(...Array.from({ length: count }, (_, i) => element(`${p}x${i}`)))
          .map((elements): Json => ({ ...more, name: `page${p}`, elements })),
      ),
    ),
  )
  .map(
    ([more, ...pages]): SurveyDocument => ({
      definition: { ...more, pages },
      metrics: [],
    }),
  );

/** What stands at every question, panel and page besides its name and what stands in it. */
function contents(document: SurveyDocument): string[] {
  return flat(outlineOf(document.definition))
    .map(({ element: { elements: _inner, ...own } }) => JSON.stringify(own))
    .sort();
}

const anEdit = fc.tuple(
  fc.constantFrom("up", "down", "into", "add", "page", "rename", "title", "kind", "copy", "metric"),
  fc.nat(30),
  fc.nat(30),
);

function apply(document: SurveyDocument, [what, which, other]: [string, number, number]): Edited {
  const nodes = flat(outlineOf(document.definition));
  const node = nodes[which % nodes.length];
  if (node === undefined) return { document, place: [] };
  const { place } = node;
  switch (what) {
    case "up":
      return moveNode(document, place, -1);
    case "down":
      return moveNode(document, place, 1);
    case "into": {
      const holders = nodes.filter((n) => n.kind !== "question");
      return node.kind === "page"
        ? { document, place }
        : moveInto(document, place, holders[other % holders.length]?.place ?? []);
    }
    case "add":
      return addElement(document, place, KIND_NAMES[other % KIND_NAMES.length] ?? "text");
    case "page":
      return addPage(document, other % 5);
    case "copy":
      return duplicateNode(document, place);
    case "rename":
      return { document: renameNode(document, place, `renamed${other}`), place };
    case "title":
      return { document: setProperty(document, place, "title", `Title ${other}`), place };
    case "kind":
      return {
        document: node.kind === "question" ? changeKind(document, place, "comment") : document,
        place,
      };
    default:
      return {
        document: node.type === "rating" ? declareMetric(document, place, "comparative") : document,
        place,
      };
  }
}

/** Every property of the generated documents that the editor has no word for, wherever it stands. */
function strangers(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(strangers);
  if (!isJson(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    /^x[A-Z a-z]/.test(name) ? [`${name}=${JSON.stringify(inner)}`] : strangers(inner),
  );
}

describe("editing the questions of a survey", () => {
  it("keeps every property that it knows nothing of, through any number of changes", () => {
    fc.assert(
      fc.property(aDocument, fc.array(anEdit, { maxLength: 15 }), (document, edits) => {
        let now = document;
        for (const edit of edits) {
          const kept = strangers(now);
          now = apply(now, edit as [string, number, number]).document;
          const left = strangers(now);
          for (const stranger of kept) expect(left).to.include(stranger);
          if (edit[0] !== "copy") expect(left.length).to.equal(kept.length);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("moves without losing, doubling or changing anything, and looks at what was moved", () => {
    fc.assert(
      fc.property(aDocument, fc.nat(30), fc.boolean(), (document, which, up) => {
        const nodes = flat(outlineOf(document.definition));
        const node = nodes[which % nodes.length];
        if (node === undefined) return;
        const moved = moveNode(document, node.place, up ? -1 : 1);
        expect(contents(moved.document)).to.deep.equal(contents(document));
        const found = flat(outlineOf(moved.document.definition)).find((n) => n.name === node.name);
        expect(found?.place).to.deep.equal(moved.place);
      }),
      { numRuns: 100 },
    );
  });

  it("takes back exactly what was done, and does it again", () => {
    fc.assert(
      fc.property(aDocument, fc.array(anEdit, { maxLength: 10 }), (document, edits) => {
        let history = begin(document);
        const seen = [document];
        for (const edit of edits) {
          const next = apply(history.present, edit as [string, number, number]).document;
          if (next !== history.present) seen.push(next);
          history = record(history, next);
        }
        for (const was of seen.slice(0, -1).reverse()) {
          history = undo(history);
          expect(history.present).to.equal(was);
        }
        for (const next of seen.slice(1)) {
          history = redo(history);
          expect(history.present).to.equal(next);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("joins what is typed into one field to one step", () => {
    let history = begin("");
    for (const text of ["H", "Ho", "How"]) history = record(history, text, "title");
    history = record(history, "How?", "other");
    expect(undo(history).present).to.equal("How");
    expect(undo(undo(history)).present).to.equal("");
  });

  it("gives every new question a name of its own and something that can be answered", () => {
    let edited: Edited = { document: { definition: {} }, place: [] };
    for (const kind of KIND_NAMES) edited = addElement(edited.document, [], kind);
    const names = flat(outlineOf(edited.document.definition)).map((n) => n.name);
    expect(new Set(names).size).to.equal(names.length);
    expect(questionsOf(edited.document.definition).map((q) => q.type)).to.include.members([
      "rating",
      "matrix",
    ]);
  });

  it("renames a question in conditions, piped texts and everything declared of it", () => {
    const document: SurveyDocument = {
      definition: {
        pages: [
          {
            name: "p",
            elements: [
              { type: "rating", name: "nps" },
              {
                type: "comment",
                name: "why",
                visibleIf: "{nps} <= 6 and {nps2} = 1",
                title: "You said {nps}.",
              },
              { type: "rating", name: "nps2" },
            ],
          },
        ],
      },
      metrics: [{ question: "nps", kind: "nps" }],
      contact: { question: "nps" },
      personal: { nps: "because" },
    };
    const renamed = renameNode(document, ["pages", 0, "elements", 0], "recommend");
    const text = JSON.stringify(renamed);
    expect(text).to.contain("{recommend} <= 6 and {nps2} = 1").and.to.contain("You said {recommend}.");
    expect(renamed.metrics).to.deep.equal([{ question: "recommend", kind: "nps" }]);
    expect(renamed.contact).to.deep.equal({ question: "recommend" });
    expect(renamed.personal).to.deep.equal({ recommend: "because" });
    expect(renameNode(renamed, ["pages", 0, "elements", 0], "nps")).to.deep.equal(document);
    expect(renameNode(document, ["pages", 0, "elements", 0], "why")).to.equal(document);
  });

  it("takes what was declared of a question away with it", () => {
    const template = TEMPLATES.find((t) => t.id === "after-purchase");
    const document = template?.survey as SurveyDocument;
    const removed = removeNode(document, ["pages", 0, "elements", 0]).document;
    expect(removed.metrics?.map((m) => m.question)).to.deep.equal(["why"]);
    expect(removed.contact).to.deep.equal({ question: "contact" });
  });

  it("finds the question that a finding of the linter speaks of", () => {
    const template = TEMPLATES.find((t) => t.id === "after-purchase");
    const nodes = outlineOf(template?.survey.definition ?? {});
    expect(nodeOf(nodes, { question: "why", path: null })?.name).to.equal("why");
    expect(nodeOf(nodes, { question: null, path: "/pages/1/elements/0/rows/0/text" })?.name).to.equal(
      "parts",
    );
    expect(nodeOf(nodes, { question: null, path: "/title" })).to.equal(null);
  });
});

describe("a text in several languages", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.constant(undefined),
    fc.dictionary(fc.constantFrom("default", "zh-cn", "zh-TW", "zh-hant", "fr", "de"), fc.string(), {
      minKeys: 1,
    }),
  );

  it("reads back what was written in one language and keeps the others as they were", () => {
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom("en", "zh-CN", "zh-TW"),
        fc.constantFrom("en", "zh-TW"),
        fc.string({ minLength: 1 }),
        (text, locale, usual, said) => {
          const written = writeSpoken(text, locale, usual, said);
          expect(readSpoken(written, locale, usual)).to.equal(said);
          for (const other of ["en", "zh-CN", "zh-TW"] as const)
            if (other !== locale)
              expect(readSpoken(written, other, usual)).to.equal(readSpoken(text, other, usual));
          for (const tag of ["fr", "de"])
            if (isJson(text)) expect((written as Json)[tag]).to.equal(text[tag]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("conditions of the small builder", () => {
  const scalar = fc.oneof(
    fc.string().filter((s) => !/['"\\]/.test(s)),
    fc.integer({ min: -999, max: 999 }),
    fc.boolean(),
  );
  const test = fc
    .tuple(
      fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/),
      fc.constantFrom(...OPERATORS),
      scalar,
      fc.array(scalar, { minLength: 1, maxLength: 4 }),
    )
    .map(
      ([name, operator, value, many]): Test => ({
        name,
        operator,
        value: operator.endsWith("empty") ? null : operator === "anyof" ? many : (value as Scalar),
      }),
    );

  it("come back as they were written, and SurveyJS can read them", () => {
    fc.assert(
      fc.property(
        fc.array(test, { minLength: 1, maxLength: 4 }),
        fc.constantFrom("and" as const, "or" as const),
        (tests, join) => {
          const expression = writeCondition({ join, tests });
          expect(readCondition(expression)).to.deep.equal({ join: tests.length > 1 ? join : "and", tests });
          expect(new ConditionsParser().parseExpression(expression), expression).not.to.equal(undefined);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("leave to the expert what they cannot show", () => {
    for (const expression of [
      "({a} = 1 or {b} = 2) and {c} = 3",
      "{a} = 1 or {b} = 2 and {c} = 3",
      "iif({a} > 3, 1, 0) = 1",
      "{a} + {b} > 3",
      "{a} =",
      "",
    ])
      expect(readCondition(expression), expression).to.equal(null);
  });

  it("read every condition of the templates", () => {
    for (const { survey } of TEMPLATES)
      for (const { conditions } of questionsOf(survey.definition))
        for (const condition of conditions) expect(readCondition(condition), condition).not.to.equal(null);
  });
});
