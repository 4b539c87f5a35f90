/** How a condition compares an answer. */
export const OPERATORS = [
  "=",
  "<>",
  ">",
  ">=",
  "<",
  "<=",
  "contains",
  "notcontains",
  "anyof",
  "empty",
  "notempty",
] as const;
export type Operator = (typeof OPERATORS)[number];

export type Scalar = string | number | boolean;

/** One comparison of an answer; `anyof` takes a list, `empty` and `notempty` take nothing. */
export interface Test {
  readonly name: string;
  readonly operator: Operator;
  readonly value: Scalar | readonly Scalar[] | null;
}

/** Comparisons of which all or any must hold. */
export interface Condition {
  readonly join: "and" | "or";
  readonly tests: readonly Test[];
}

const SAME: Readonly<Record<string, Operator>> = {
  "=": "=",
  "==": "=",
  equal: "=",
  "<>": "<>",
  "!=": "<>",
  notequal: "<>",
  ">": ">",
  greater: ">",
  ">=": ">=",
  greaterorequal: ">=",
  "<": "<",
  less: "<",
  "<=": "<=",
  lessorequal: "<=",
  contains: "contains",
  contain: "contains",
  notcontains: "notcontains",
  notcontain: "notcontains",
  anyof: "anyof",
  empty: "empty",
  notempty: "notempty",
};

const TOKEN =
  /\s*(?:\{([^{}]+)\}|'([^']*)'|"([^"]*)"|(-?\d+(?:\.\d+)?)(?![\w.])|(<=|>=|<>|!=|==|=|<|>)|([a-z]+)|([[\],]))/iy;

type Token =
  | { readonly kind: "name" | "text" | "word" | "sign"; readonly text: string }
  | { readonly kind: "number"; readonly value: number };

function tokensOf(expression: string): readonly Token[] | null {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (expression.slice(TOKEN.lastIndex).trim() !== "") {
    const match = TOKEN.exec(expression);
    if (match === null) return null;
    const [, name, single, double, number, operator, word, sign] = match;
    if (name !== undefined) found.push({ kind: "name", text: name.trim() });
    else if (single !== undefined || double !== undefined)
      found.push({ kind: "text", text: single ?? double ?? "" });
    else if (number !== undefined) found.push({ kind: "number", value: Number(number) });
    else if (word !== undefined || operator !== undefined)
      found.push({ kind: "word", text: (word ?? operator ?? "").toLowerCase() });
    else if (sign !== undefined) found.push({ kind: "sign", text: sign });
  }
  return found;
}

/**
 * An expression of SurveyJS as comparisons that a form can show; null when it says more than such a form can (brackets,
 * functions, "and" beside "or", sums), and is then changed as text.
 */
export function readCondition(expression: string): Condition | null {
  const tokens = tokensOf(expression);
  if (tokens === null) return null;
  let next = 0;
  const take = (): Token | undefined => tokens[next++];
  const scalar = (token: Token | undefined): Scalar | null => {
    if (token?.kind === "text") return token.text;
    if (token?.kind === "number") return token.value;
    if (token?.kind === "word" && (token.text === "true" || token.text === "false"))
      return token.text === "true";
    return null;
  };
  const list = (): readonly Scalar[] | null => {
    const opened = take();
    if (opened?.kind !== "sign" || opened.text !== "[") return null;
    const values: Scalar[] = [];
    for (;;) {
      const value = scalar(take());
      if (value === null) return null;
      values.push(value);
      const sign = take();
      if (sign?.kind !== "sign") return null;
      if (sign.text === "]") return values;
      if (sign.text !== ",") return null;
    }
  };
  const test = (): Test | null => {
    const name = take();
    const word = take();
    if (name?.kind !== "name" || word?.kind !== "word") return null;
    const operator = Object.hasOwn(SAME, word.text) ? SAME[word.text] : undefined;
    if (operator === undefined) return null;
    if (operator === "empty" || operator === "notempty") return { name: name.text, operator, value: null };
    const value = operator === "anyof" ? list() : scalar(take());
    return value === null ? null : { name: name.text, operator, value };
  };
  const tests: Test[] = [];
  let join: Condition["join"] | null = null;
  for (;;) {
    const found = test();
    if (found === null) return null;
    tests.push(found);
    const word = take();
    if (word === undefined) return { join: join ?? "and", tests };
    if (word.kind !== "word" || (word.text !== "and" && word.text !== "or")) return null;
    if (join !== null && join !== word.text) return null;
    join = word.text;
  }
}

function writeScalar(value: Scalar): string {
  if (typeof value !== "string") return String(value);
  // The expressions of SurveyJS have no way to write a quote inside the same quotes.
  return value.includes("'") ? `"${value.replaceAll('"', "”")}"` : `'${value}'`;
}

/** Comparisons as an expression of SurveyJS. */
export function writeCondition({ join, tests }: Condition): string {
  return tests
    .map(({ name, operator, value }) => {
      if (operator === "empty" || operator === "notempty") return `{${name}} ${operator}`;
      const written =
        operator === "anyof"
          ? `[${[value].flat().map((v) => writeScalar(v ?? ""))}]`
          : writeScalar((Array.isArray(value) ? value[0] : (value as Scalar | null)) ?? "");
      return `{${name}} ${operator} ${written}`;
    })
    .join(` ${join} `);
}
