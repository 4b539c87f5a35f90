import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";

const ROOT = new URL("../../", import.meta.url);
const readText = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");
const SOURCES = ["src/config.ts", ...readdirSync(new URL("src/config/", ROOT)).map((f) => `src/config/${f}`)];
const ASKED = /\b(?:read|need|text|url)\(\s*"([A-Z][A-Z0-9_]+)"/g;

describe("every setting that is asked for", () => {
  const names = new Set(
    SOURCES.flatMap((path) => [...readText(path).matchAll(ASKED)].map((match) => match[1] as string)),
  );

  it("is found by this test, the first and the last among them", () => {
    expect([...names]).to.include.members(["CANDOR_PORT", "CANDOR_URL", "AWS_REGION", "CANDOR_VAULT_KEY"]);
    expect(names.size).to.be.greaterThan(40);
  });

  it("stands in .env.example and in the docs", () => {
    const docs = ["README.md", ...readdirSync(new URL("docs/", ROOT)).map((f) => `docs/${f}`)]
      .filter((path) => path.endsWith(".md"))
      .map(readText)
      .join("\n");
    const example = readText(".env.example");
    const missing = [...names].flatMap((name) => [
      ...(new RegExp(`^#?${name}=`, "m").test(example) ? [] : [`${name} is not in .env.example`]),
      ...(docs.includes(name) ? [] : [`${name} is not in the docs`]),
    ]);
    expect(missing).to.deep.equal([]);
  });
});
