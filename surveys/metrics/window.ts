import { DAY } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/problems.ts";
import type { Dimension } from "./results.store.ts";

/** The window of a request: UTC days, the last not included; a year up to tomorrow unless it says otherwise. */
export function windowOf(query: { from?: string | undefined; to?: string | undefined }, now: Date) {
  const tomorrow = new Date(+now + DAY).toISOString().slice(0, 10);
  const to = query.to ?? tomorrow;
  const from = query.from ?? new Date(Date.parse(`${to}T00:00:00Z`) - 365 * DAY).toISOString().slice(0, 10);
  if (from >= to)
    throw new AppError("invalid-request", {
      errors: [{ path: "/from", code: "invalid", message: "must be before to" }],
    });
  if (Date.parse(to) - Date.parse(from) > 3_660 * DAY)
    throw new AppError("invalid-request", {
      errors: [{ path: "/from", code: "invalid", message: "ten years at most" }],
    });
  return { from, to };
}

/** The one group that a request asks for, if any. */
export function onlyOf(query: { by?: Dimension | undefined; value?: string | undefined }) {
  if ((query.by === undefined) !== (query.value === undefined))
    throw new AppError("invalid-request", {
      errors: [{ path: "/by", code: "invalid", message: "by and value go together" }],
    });
  return query.by === undefined || query.value === undefined
    ? {}
    : { only: { dimension: query.by, value: query.value } };
}
