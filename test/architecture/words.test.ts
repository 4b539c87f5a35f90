import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NOT_OURS = new Set(["node_modules", ".git", "data", "data-keys", "data-root-key", "dist", "coverage"]);
/** Larger files are data, not text that somebody writes. */
const LARGEST = 2_000_000;

/** The files under version control; every file of the folder where there is no version control (a tarball). */
function repositoryFiles(): string[] {
  try {
    const listed = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8", stdio: "pipe" });
    const files = listed.split("\0").filter((f) => f !== "");
    if (files.length > 0) return files;
  } catch {
    // No git here: the folder itself is the list.
  }
  const found: string[] = [];
  const visit = (relative: string) => {
    for (const entry of readdirSync(join(ROOT, relative), { withFileTypes: true })) {
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!NOT_OURS.has(entry.name)) visit(path);
      } else if (entry.isFile()) found.push(path);
    }
  };
  visit("");
  return found;
}

function textOf(path: string): string | null {
  const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > LARGEST) return null;
  const bytes = readFileSync(join(ROOT, path));
  return bytes.includes(0) ? null : bytes.toString("utf8");
}

// Written in pieces, so that this file does not hold the words it looks for.
const RULES: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  {
    what: "a note of unfinished work",
    pattern: new RegExp(`\\b(?:${["TO" + "DO", "FIX" + "ME"].join("|")})\\b`),
  },
  {
    what: "the host name of a package registry",
    pattern: new RegExp(
      ["registry\\.(?:npm|yarn)", "npm" + "mirror\\.", "deb\\.debian" + "\\.org"].join("|"),
      "i",
    ),
  },
  {
    what: "a path of one machine",
    pattern: new RegExp(`(?<![\\w.:/-])/${"work"}/(?!\\*)|(?<![\\w.-])/(?:home|Users)/[a-z]`),
  },
];

function brokenBy(text: string): string[] {
  return text
    .split("\n")
    .flatMap((line, i) =>
      RULES.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${i + 1} ${what}`),
    );
}

describe("the words of the repository", () => {
  const texts = repositoryFiles().flatMap((path) => {
    const text = textOf(path);
    return text === null ? [] : [{ path, text }];
  });

  it("are found at all", () => {
    expect(texts.map((t) => t.path)).to.include.members(["package.json", "src/db/index.ts"]);
  });

  it("hold no unfinished work, no registry's host name and no path of one machine", () => {
    const broken = texts.flatMap(({ path, text }) => brokenBy(text).map((b) => `${path}:${b}`));
    expect(broken).to.deep.equal([]);
  });

  it("would not pass with a planted one", () => {
    const planted = [
      `// ${"TO" + "DO"}: finish`,
      `https://${["registry", "npm" + "js", "org"].join(".")}/x`,
      `see /${"work"}/main/x`,
      "harmless",
    ].join("\n");
    expect(brokenBy(planted)).to.deep.equal([
      "1 a note of unfinished work",
      "2 the host name of a package registry",
      "3 a path of one machine",
    ]);
  });
});
