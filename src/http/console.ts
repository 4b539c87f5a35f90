import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../kernel/problems.ts";
import { type Route, type RouteRequest, type RouteResponse, route } from "../kernel/route.ts";

const BUILT = fileURLToPath(new URL("../../web/dist", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

interface BuiltFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip: Buffer | undefined;
}

interface Built {
  readonly page: string;
  readonly files: ReadonlyMap<string, BuiltFile>;
}

/** Reads the built console once; null when this installation has not built it. */
function readBuilt(folder: string): Built | null {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return null;
  }
  if (!names.includes("index.html")) return null;
  const files = new Map<string, BuiltFile>();
  for (const name of names) {
    const type = TYPES[name.split(".").at(-1) ?? ""];
    if (type === undefined) continue;
    const gzip = names.includes(`${name}.gz`) ? readFileSync(join(folder, `${name}.gz`)) : undefined;
    files.set(name, { type, plain: readFileSync(join(folder, name)), gzip });
  }
  return { page: readFileSync(join(folder, "index.html"), "utf8"), files };
}

/**
 * Scripts come from our own files alone. Styles that the component library writes carry the nonce of this one answer;
 * pictures may be data URLs, which QR codes and charts are. Nothing else is loaded, from nowhere.
 */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // Text areas that grow measure themselves by a style attribute; attributes cannot carry a nonce.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function takesGzip(headers: RouteRequest["headers"]): boolean {
  return /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(headers["accept-encoding"] ?? "");
}

/** The console of staff: one page for all its addresses, and the files that it loads. */
export function consoleRoutes(folder: string = BUILT): Route[] {
  let built: Built | null | undefined;
  const get = (): Built => {
    built ??= readBuilt(folder);
    if (built === null)
      throw new AppError("not-found", {
        detail: "The console is not built in this installation: run npm ci, with development packages.",
      });
    return built;
  };
  const page = (): RouteResponse => {
    const nonce = randomBytes(18).toString("base64url");
    return {
      status: 200,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy(nonce),
        "x-robots-tag": "noindex, nofollow",
      },
      body: get().page.replaceAll("%NONCE%", nonce),
    };
  };
  const about = { method: "GET", tag: "console", auth: { kind: "public" } } as const;
  const pageAt = (path: string, operationId: string, summary: string): Route =>
    route({
      ...about,
      path,
      operationId,
      summary,
      responses: { 200: { describe: "The console's page.", contentType: "text/html" } },
      handle: async () => page(),
    });
  return [
    pageAt("/", "getConsole", "The console of staff"),
    pageAt("/set-up", "getSetUp", "Where a person chooses a password; the token stands behind #"),
    pageAt(
      "/sign-on",
      "getSignOn",
      "Where an OpenID provider sends people back; the page then posts its answer",
    ),
    pageAt("/console", "getConsoleStart", "The console of staff, by its short address"),
    pageAt("/console/*path", "getConsolePage", "Every page of the console"),
    route({
      ...about,
      path: "/console-assets/:file",
      operationId: "getConsoleFile",
      summary: "A script, style sheet or picture of the console",
      responses: { 200: { describe: "The file.", contentType: "text/javascript" } },
      handle: async ({ params, headers }) => {
        const file = get().files.get(params.file ?? "");
        if (file === undefined) throw new AppError("not-found");
        const zipped = file.gzip !== undefined && takesGzip(headers);
        return {
          status: 200,
          headers: {
            "content-type": file.type,
            // Names carry a hash of the content, but for the picture.
            "cache-control":
              params.file === "mark.svg" ? "public, max-age=3600" : "public, max-age=31536000, immutable",
            vary: "accept-encoding",
            "cross-origin-resource-policy": "same-origin",
            ...(zipped ? { "content-encoding": "gzip" } : {}),
          },
          body: zipped ? file.gzip : file.plain,
        };
      },
    }),
  ];
}
