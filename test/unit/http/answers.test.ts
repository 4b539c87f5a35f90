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
    expect(without).to.deep.equal([]);
  });

  it("name their type wherever they carry anything: only 204, 302 and 303 are empty", () => {
    const empty = answers.filter(({ answer }) => answer.content === undefined).map(({ name }) => name);
    expect(empty.filter((name) => !/ 20[24]$/.test(name))).to.deep.equal([]);
  });
});
