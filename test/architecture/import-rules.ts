import { posix } from "node:path";
import type { SourceFile } from "./source-scan.ts";

/** Rooms under `src/`; `config`, `log`, `metrics` and `main` are files of their own. The rest are folders at the root. */
const ROOT_ROOMS = ["consent", "surveys", "pipelines"] as const;

/**
 * Who may import whom: each room only those named, and itself. It is the table of docs/architecture.md.
 * A red run means: move the code. The table changes only together with a decision in docs/decisions.
 */
export const IMPORT_TABLE: Readonly<Record<string, readonly string[] | "every room">> = {
  kernel: [],
  log: ["kernel"],
  metrics: ["kernel"],
  holdings: "every room",
  config: ["kernel", "log"],
  db: ["kernel"],
  i18n: ["kernel"],
  vault: ["kernel", "db"],
  audit: ["kernel", "db"],
  events: ["kernel", "db"],
  jobs: ["kernel", "db"],
  outbound: ["kernel", "db"],
  mail: ["kernel", "db", "vault", "jobs", "outbound", "i18n"],
  consent: ["kernel", "db", "vault", "audit", "events", "i18n"],
  members: ["kernel", "db", "vault", "audit", "events", "consent"],
  segments: ["kernel", "db", "audit", "events", "jobs", "consent", "members"],
  pipelines: ["kernel", "db", "vault", "audit", "events", "jobs", "consent", "members"],
  surveys: [
    "kernel",
    "db",
    "vault",
    "audit",
    "events",
    "jobs",
    "mail",
    "i18n",
    "consent",
    "members",
    "segments",
  ],
  loyalty: ["kernel", "db", "audit", "events", "jobs", "i18n", "consent", "members"],
  recipients: ["kernel", "db", "vault", "audit", "jobs", "mail", "outbound", "i18n", "consent", "members"],
  privacy: [
    "kernel",
    "db",
    "vault",
    "audit",
    "jobs",
    "mail",
    "outbound",
    "i18n",
    "consent",
    "members",
    "recipients",
  ],
  staff: ["kernel", "db", "vault", "audit", "mail", "i18n"],
  http: "every room",
  cli: "every room",
  app: "every room",
  main: "every room",
};

/** Rooms that nobody imports, but those named. */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  http: ["app", "main", "holdings"],
  cli: ["main"],
  app: ["cli", "main"],
  main: [],
  config: ["app", "main", "cli"],
};

/** Rooms without a door: their files are imported one by one (`kernel/money.ts`), or they are one file. */
const WITHOUT_DOOR = new Set(["kernel", "holdings", "log", "metrics", "config", "main"]);

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}

/** The room a path belongs to; null for scripts and tests, which may import every product file. */
export function roomOf(path: string): string | null {
  const [first, second] = path.split("/");
  if (first === "src" && second !== undefined) return second.endsWith(".ts") ? second.slice(0, -3) : second;
  if ((ROOT_ROOMS as readonly string[]).includes(first ?? "")) return first ?? null;
  return null;
}

function lineOf(code: string, position: number): number {
  return code.slice(0, position).split("\n").length;
}

/** Where a relative specifier leads, from the root of the repository; null for packages and Node's own modules. */
function targetOf(from: string, specifier: string): string | null {
  return specifier.startsWith(".") ? posix.normalize(posix.join(posix.dirname(from), specifier)) : null;
}

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return (parts[0] ?? "").startsWith("@") ? `${parts[0]}/${parts[1]}` : (parts[0] ?? "");
}

function importViolation(file: SourceFile, room: string, specifier: string | null): string | null {
  if (specifier === null) return "a dynamic import must name its module";
  const target = targetOf(file.path, specifier);
  if (target === null) {
    if (packageOf(specifier) === "express" && room !== "http") return "only src/http imports express";
    if (/^(?:node:)?process$/.test(specifier) && room !== "config")
      return "only src/config.ts reads the process's environment";
    return null;
  }
  if (target.startsWith("../")) return "nothing outside the repository is imported";
  const other = roomOf(target);
  if (other === null) return "product code imports neither scripts nor tests";
  if (other === room) return null;
  const allowed = IMPORT_TABLE[room];
  if (allowed === undefined) return `the room ${room} is not in the import table`;
  if (IMPORT_TABLE[other] === undefined) return `the room ${other} is not in the import table`;
  const openTo = CLOSED[other];
  if (openTo !== undefined) {
    if (!openTo.includes(room)) return `${room} may not import ${other}`;
  } else if (allowed !== "every room" && !allowed.includes(other)) return `${room} may not import ${other}`;
  const app = room === "app" || room === "main";
  if (!WITHOUT_DOOR.has(other) && !app && posix.basename(target) !== "index.ts")
    return `${other} is imported through its index.ts`;
  return null;
}

interface CodeRule {
  readonly pattern: RegExp;
  readonly rule: string;
  readonly appliesTo: (path: string, room: string) => boolean;
}

const CODE_RULES: readonly CodeRule[] = [
  {
    pattern: /\bprocess\s*(?:\.\s*env\b|\[|\?\.\s*env\b)/g,
    rule: "only src/config.ts reads the process's environment",
    appliesTo: (path) => path !== "src/config.ts",
  },
  {
    pattern:
      /\bnew\s+Date\b(?!\s*\()|\bnew\s+Date\s*\(\s*\)|\bDate\s*\.\s*now\b|(?<!new\s+|[.\w$])Date\s*\(\s*\)/g,
    rule: "only src/kernel/clock.ts reads the time",
    appliesTo: (path) => path !== "src/kernel/clock.ts",
  },
  {
    pattern: /(?<![.\w$])sql\s*`/g,
    rule: "SQL stands only in *.store.ts files and in src/db",
    appliesTo: (path, room) => room !== "db" && !path.endsWith(".store.ts"),
  },
];

/** A type named Date in `new Date` position of a type does not occur; the patterns look at blanked code only. */
function codeViolations(file: SourceFile, room: string): Violation[] {
  return CODE_RULES.filter((rule) => rule.appliesTo(file.path, room)).flatMap(({ pattern, rule }) =>
    [...file.code.matchAll(pattern)].map((match) => ({
      file: file.path,
      line: lineOf(file.code, match.index),
      rule,
    })),
  );
}

/** Everything in the product's files that breaks the import table or a rule about who may do what. */
export function findViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    if (room === null) return [];
    const found = codeViolations(file, room);
    for (const { specifier, line } of file.imports) {
      const rule = importViolation(file, room, specifier);
      if (rule !== null) found.push({ file: file.path, line, rule });
    }
    return found;
  });
}

/** A round of rooms that import each other, as `a → b → a`; null when there is none. */
export function findCycle(files: readonly SourceFile[]): string | null {
  const edges = new Map<string, Set<string>>();
  for (const file of files) {
    const room = roomOf(file.path);
    if (room === null) continue;
    const targets = edges.get(room) ?? new Set();
    edges.set(room, targets);
    for (const { specifier } of file.imports) {
      const target = specifier === null ? null : targetOf(file.path, specifier);
      const other = target === null ? null : roomOf(target);
      if (other !== null && other !== room) targets.add(other);
    }
  }
  const done = new Set<string>();
  const walk = (room: string, trail: readonly string[]): string | null => {
    const at = trail.indexOf(room);
    if (at !== -1) return [...trail.slice(at), room].join(" → ");
    if (done.has(room)) return null;
    for (const next of edges.get(room) ?? []) {
      const cycle = walk(next, [...trail, room]);
      if (cycle !== null) return cycle;
    }
    done.add(room);
    return null;
  };
  for (const room of edges.keys()) {
    const cycle = walk(room, []);
    if (cycle !== null) return cycle;
  }
  return null;
}
