import { request } from "undici";
import { ADMIN_KEY, type MeasuredServer } from "./server-process.ts";

/** The longest a measured server may take to answer. */
export const WITHIN_MS = 600_000;

/** Asks a measured server for something with the key of its first set-up; throws when it does not do it. */
export async function administer<T = Record<string, unknown>>(
  server: Pick<MeasuredServer, "url">,
  method: "GET" | "POST" | "PUT",
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await request(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
    ...(method === "GET" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body ?? {}) }),
    headersTimeout: WITHIN_MS,
    bodyTimeout: WITHIN_MS,
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${path} was answered with ${answer.statusCode}: ${text}`);
  return JSON.parse(text) as T;
}
