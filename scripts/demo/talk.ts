import { DoorError } from "./doors.ts";

export type Json = Readonly<Record<string, unknown>>;

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as a JSON object; empty when it is none. */
  readonly body: Json;
}

export interface TalkOptions {
  /** Null sends none, as a browser does. */
  readonly key?: string | null;
  readonly body?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expect?: readonly number[];
}

/** One request; throws a DoorError for a status that is not expected. */
export type Talk = (method: string, path: string, options?: TalkOptions) => Promise<Said>;

/** Speaks to a server as officers, tills, browsers and recipients do; with the operator's key unless one is named. */
export function talkTo(baseUrl: string, adminKey: string): Talk {
  return async (method, path, options = {}) => {
    const { key = adminKey, body, form, text, expect = [200, 201, 204] } = options;
    const sent =
      body !== undefined
        ? JSON.stringify(body)
        : form !== undefined
          ? new URLSearchParams(form).toString()
          : text;
    const type =
      body !== undefined
        ? "application/json"
        : form !== undefined
          ? "application/x-www-form-urlencoded"
          : "application/x-ndjson";
    const response = await fetch(new URL(path, baseUrl), {
      method,
      redirect: "manual",
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(sent === undefined ? {} : { "content-type": type }),
        ...options.headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const answer = await response.text();
    const json =
      /json/.test(response.headers.get("content-type") ?? "") &&
      !/ndjson/.test(response.headers.get("content-type") ?? "");
    const parsed: unknown = json ? JSON.parse(answer) : {};
    const read = typeof parsed === "object" && parsed !== null ? (parsed as Json) : {};
    if (!expect.includes(response.status)) {
      const code = typeof read.code === "string" ? read.code : "no problem code";
      throw new DoorError(
        `${method} ${path.split("?")[0]?.replaceAll(/[0-9a-f-]{36}|\/p\/.*|\/c\/.*/g, "…")}`,
        response.status,
        code,
      );
    }
    return { status: response.status, headers: response.headers, text: answer, body: read };
  };
}
