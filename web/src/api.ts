/** One thing wrong at one place of a request, as the server tells it. */
export interface FieldProblem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** What the server refused, with its stable code (RFC 9457). */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldProblem[];
  readonly requestId: string | undefined;
  readonly headers: Headers;

  constructor(
    body: {
      code?: string;
      status?: number;
      title?: string;
      detail?: string;
      errors?: FieldProblem[];
      requestId?: string;
    },
    headers: Headers,
  ) {
    super(body.detail ?? body.title ?? "");
    this.code = body.code ?? "unreachable";
    this.status = body.status ?? 0;
    this.title = body.title ?? "";
    this.detail = body.detail;
    this.errors = body.errors ?? [];
    this.requestId = body.requestId;
    this.headers = headers;
  }
}

let csrf = "";
let onLoggedOut = () => {};

/** Keeps what every write must carry. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** Called when an answer says that nobody is logged in any more. */
export function whenLoggedOut(act: () => void): void {
  onLoggedOut = act;
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A path with its query; empty parts are left out. */
export function address(path: string, query: Query = {}): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== "") parts.set(name, String(value));
  const text = parts.toString();
  return text === "" ? path : `${path}?${text}`;
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  extra?: Record<string, string>,
): Promise<Response> {
  const isRaw = body instanceof Blob;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: {
        accept: "application/json",
        ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
        ...(method === "GET" ? {} : { "x-candor-csrf": csrf }),
        ...extra,
      },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    });
  } catch {
    throw new Problem({}, new Headers());
  }
  if (response.ok) return response;
  const text = await response.text();
  let told: object = { status: response.status };
  try {
    told = JSON.parse(text) as object;
  } catch {
    // A proxy's own page: the status is all there is.
  }
  const problem = new Problem({ status: response.status, ...told }, response.headers);
  if (problem.code === "unauthenticated") onLoggedOut();
  throw problem;
}

/** Sends a request of the console and reads its JSON. Throws `Problem` for everything that is not a success. */
export async function call<T>(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  extra?: Record<string, string>,
): Promise<T> {
  const response = await send(method, path, body, extra);
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** The same for answers that are text: CSV, NDJSON. */
export async function callText(path: string): Promise<string> {
  return (await send("GET", path, undefined, { accept: "*/*" })).text();
}

/** What is asked for with a body and answered as text: a page to look at. */
export async function postText(path: string, body: unknown): Promise<string> {
  return (await send("POST", path, body, { accept: "*/*" })).text();
}

export const get = <T>(path: string, query?: Query) => call<T>("GET", address(path, query));
export const post = <T>(path: string, body?: unknown) => call<T>("POST", path, body);
export const patch = <T>(path: string, body?: unknown) => call<T>("PATCH", path, body);
export const put = <T>(path: string, body?: unknown) => call<T>("PUT", path, body);
export const del = <T>(path: string, body?: unknown) => call<T>("DELETE", path, body);
