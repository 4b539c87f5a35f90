import { readFileSync } from "node:fs";
import { expect } from "chai";

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
}
type Paths = Readonly<
  Record<string, Readonly<Record<string, { readonly responses: Record<string, Answer> }>>>
>;

/** The places of a schema that say nothing at all: `{}` where a reader needs to know what comes. */
function silentPlaces(schema: unknown, at = ""): string[] {
  if (schema === true) return [at];
  if (typeof schema !== "object" || schema === null) return [];
  if (!Array.isArray(schema) && Object.keys(schema).length === 0) return [at];
  return Object.entries(schema).flatMap(([name, part]) =>
    name === "properties" || name === "patternProperties"
      ? Object.entries(part as object).flatMap(([key, value]) => silentPlaces(value, `${at}/${key}`))
      : ["items", "anyOf", "allOf", "oneOf", "additionalProperties"].includes(name)
        ? [part].flat().flatMap((value) => silentPlaces(value, `${at}/${name}`))
        : [],
  );
}

/** Answers whose schema still says nothing somewhere: the list may only get shorter. */
const OWED: ReadonlySet<string> = new Set([
  "GET /f/{link}/form 200",
  "GET /s/{token}/form 200",
  "GET /v1/members/{id}/survey-contact 200",
  "GET /v1/survey-campaigns 200",
  "GET /v1/survey-campaigns/{id} 200",
  "GET /v1/survey-campaigns/{id}/members 200",
  "GET /v1/survey-campaigns/{id}/messages 200",
  "GET /v1/survey-case-figures 200",
  "GET /v1/survey-cases 200",
  "GET /v1/survey-cases/{id} 200",
  "GET /v1/survey-gateways 200",
  "GET /v1/survey-places 200",
  "GET /v1/surveys/templates 200",
  "GET /v1/surveys/{id}/actions 200",
  "GET /v1/surveys/{id}/answers 200",
  "GET /v1/surveys/{id}/results 200",
  "GET /v1/surveys/{id}/themes 200",
  "GET /v1/surveys/{id}/themes/{theme}/comments 200",
  "GET /v1/surveys/{id}/versions/{version} 200",
  "PATCH /v1/survey-actions/{id} 200",
  "PATCH /v1/survey-cases/{id} 200",
  "POST /v1/survey-campaigns 201",
  "POST /v1/survey-campaigns/{id}/end 200",
  "POST /v1/survey-campaigns/{id}/pause 200",
  "POST /v1/survey-campaigns/{id}/simulate 200",
  "POST /v1/survey-campaigns/{id}/start 200",
  "POST /v1/surveys/import 200",
  "POST /v1/surveys/{id}/actions 201",
  "PUT /v1/survey-places/{id} 200",
]);

describe("the answers in openapi.json", () => {
  const { paths } = JSON.parse(readFileSync(new URL("../../../openapi.json", import.meta.url), "utf8")) as {
    paths: Paths;
  };
  const answers = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.entries(responses)
        .filter(([status]) => status.startsWith("2"))
        .map(([status, answer]) => ({ name: `${method.toUpperCase()} ${path} ${status}`, answer })),
    ),
  );

  it("have a schema wherever a success is JSON", () => {
    expect(answers.length).to.be.greaterThan(80);
    const without = answers.flatMap(({ name, answer }) =>
      Object.entries(answer.content ?? {})
        .filter(([type]) => /json/.test(type) && !/ndjson/.test(type))
        .flatMap(([, { schema }]) =>
          schema === undefined ? [name] : silentPlaces(schema).map((at) => `${name} ${at}`),
        ),
    );
    const named = (place: string) => place.split(" ").slice(0, 3).join(" ");
    expect(without.filter((place) => !OWED.has(named(place)))).to.deep.equal([]);
    expect(
      [...OWED].filter((name) => !without.some((place) => named(place) === name)),
      "given by now",
    ).to.deep.equal([]);
  });

  it("name their type wherever they carry anything: only 204, 302 and 303 are empty", () => {
    const empty = answers.filter(({ answer }) => answer.content === undefined).map(({ name }) => name);
    expect(empty.filter((name) => !/ 20[24]$/.test(name))).to.deep.equal([]);
  });
});
