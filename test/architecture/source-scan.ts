import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What one module asks for, and where (line counted from 1). */
export interface ImportSite {
  /** Null when the argument of a dynamic import is computed. */
  readonly specifier: string | null;
  readonly line: number;
}

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  /** The text with comments and the insides of strings, templates' texts and regular expressions blanked out. */
  readonly code: string;
  readonly imports: readonly ImportSite[];
}

interface Scanned {
  readonly code: string;
  /** Content of each string literal by the position of its opening quote. */
  readonly strings: ReadonlyMap<number, string>;
}

const WORD_BEFORE_REGEX = /\b(?:return|typeof|case|in|of|delete|void|throw|new|yield|await|else|do)$/;

/**
 * Blanks everything that is not code, keeping every position. A small tokenizer for the TypeScript of this
 * repository (no JSX): it knows comments, strings, templates with nested expressions, and regular expressions
 * by what stands before their slash.
 */
export function blank(text: string): Scanned {
  const out = text.split("");
  const strings = new Map<number, string>();
  /** Depth of braces inside each open `${`. */
  const templates: number[] = [];
  let i = 0;
  const erase = (from: number, to: number) => {
    for (let k = from; k < to; k++) if (out[k] !== "\n") out[k] = " ";
  };
  const untilUnescaped = (from: number, end: string): number => {
    let k = from;
    while (k < text.length && text[k] !== end && text[k] !== "\n") k += text[k] === "\\" ? 2 : 1;
    return k;
  };
  const templateText = (from: number): number => {
    let k = from;
    while (k < text.length && text[k] !== "`") {
      if (text[k] === "\\") k += 2;
      else if (text[k] === "$" && text[k + 1] === "{") {
        erase(from, k);
        templates.push(0);
        return k + 2;
      } else k++;
    }
    erase(from, k);
    return k + 1;
  };
  const regexMayStart = (at: number): boolean => {
    const before = out
      .slice(Math.max(0, at - 40), at)
      .join("")
      .trimEnd();
    return before === "" || /[(,=:[!&|?{};+\-*%^~<>]$/.test(before) || WORD_BEFORE_REGEX.test(before);
  };
  while (i < text.length) {
    const c = text[i] as string;
    const next = text[i + 1];
    if (c === "/" && next === "/") {
      const end = text.indexOf("\n", i);
      erase(i, end === -1 ? text.length : end);
      i = end === -1 ? text.length : end;
    } else if (c === "/" && next === "*") {
      const end = text.indexOf("*/", i + 2);
      erase(i, end === -1 ? text.length : end + 2);
      i = end === -1 ? text.length : end + 2;
    } else if (c === '"' || c === "'") {
      const end = untilUnescaped(i + 1, c);
      strings.set(i, text.slice(i + 1, end));
      erase(i + 1, end);
      i = end + 1;
    } else if (c === "`") {
      const from = i;
      i = templateText(i + 1);
      if (text[i - 1] === "`") strings.set(from, text.slice(from + 1, i - 1));
    } else if (c === "/" && regexMayStart(i)) {
      let k = i + 1;
      let inClass = false;
      while (k < text.length && text[k] !== "\n" && (inClass || text[k] !== "/")) {
        if (text[k] === "\\") k++;
        else if (text[k] === "[") inClass = true;
        else if (text[k] === "]") inClass = false;
        k++;
      }
      erase(i + 1, k);
      i = k + 1;
    } else {
      const depth = templates.length - 1;
      if (c === "{" && depth >= 0) templates[depth] = (templates[depth] as number) + 1;
      if (c === "}" && depth >= 0) {
        if (templates[depth] === 0) {
          templates.pop();
          i = templateText(i + 1);
          continue;
        }
        templates[depth] = (templates[depth] as number) - 1;
      }
      i++;
    }
  }
  return { code: out.join(""), strings };
}

const STATIC = /(?<![.\w$])(?:import|export)\b(?:\s+type\b)?[\s\w$,{}*]*?\bfrom\s*(["'])/g;
const SIDE_EFFECT = /(?<![.\w$])import\s*(["'])/g;
const CALL = /(?<![.\w$])(?:import|require)\s*\(\s*(?:(["'`])|([^\s)]))/g;
/** A module named by its place, as worker threads are. */
const BY_URL = /\bnew\s+URL\s*\(\s*(["'])(?=[^)]*\bimport\.meta\.url\b)/g;

/** Reads one text: the modules it imports, re-exports, imports dynamically or names by URL, by their place. */
export function scan(path: string, text: string): SourceFile {
  const { code, strings } = blank(text);
  const lineAt = (position: number) => code.slice(0, position).split("\n").length;
  const found: { at: number; specifier: string | null }[] = [];
  const collect = (pattern: RegExp, keep: (specifier: string) => boolean = () => true) => {
    for (const match of code.matchAll(pattern)) {
      const quote = match[1] === undefined ? -1 : match.index + match[0].length - 1;
      const specifier = strings.get(quote) ?? null;
      if (specifier === null || keep(specifier)) found.push({ at: match.index, specifier });
    }
  };
  collect(STATIC);
  collect(SIDE_EFFECT);
  collect(CALL);
  collect(BY_URL, (specifier) => /\.[cm]?[jt]s$/.test(specifier));
  found.sort((a, b) => a.at - b.at);
  return { path, code, imports: found.map((f) => ({ specifier: f.specifier, line: lineAt(f.at) })) };
}

const SKIPPED = new Set(["node_modules", ".git", "dist", "coverage", "artifacts", "data", "data-keys"]);

/** Every `.ts` file under the folders, declaration files excepted. A folder that does not exist has none. */
export function readSources(root: string, folders: readonly string[]): SourceFile[] {
  const files: SourceFile[] = [];
  const visit = (relative: string) => {
    const entries = readdirSync(join(root, relative), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) visit(path);
      } else if (entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts")) {
        files.push(scan(path, readFileSync(join(root, path), "utf8")));
      }
    }
  };
  const present = new Set(readdirSync(root));
  for (const folder of folders) if (present.has(folder)) visit(folder);
  return files;
}
