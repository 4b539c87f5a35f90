import type { ProblemCode } from "../../../src/kernel/problems.ts";
import { isBlank, isRecord, readText, readTime } from "../../steps/index.ts";

/** The doors of the tracking API by what they take. */
export const WEB_PATHS = ["batch", "identify", "track", "page", "screen", "group", "alias"] as const;
export type WebPath = (typeof WEB_PATHS)[number];

export type Unpacked =
  | {
      readonly kind: "ok";
      /** One raw item each, with its type and the batch's context under its own. */
      readonly items: readonly unknown[];
      /** The sender's clock when it sent; null when it did not say or it cannot be read. */
      readonly sentAt: Date | null;
      readonly context: Readonly<Record<string, unknown>>;
      /** The write key as some clients put it in the body. */
      readonly writeKey: string | null;
    }
  | { readonly kind: "problem"; readonly code: ProblemCode; readonly detail: string };

/**
 * Takes a body apart by the door through which it came: one event per body, or `{batch, context?, sentAt?,
 * writeKey?}` at any door. Only what makes the whole body meaningless is a problem; a bad item is left for its own
 * verdict. `anonymousId` is the header that browsers of some SDKs send beside items that name nobody.
 */
export function unpackBody(path: WebPath, body: unknown, anonymousId?: string): Unpacked {
  if (!isRecord(body)) {
    return { kind: "problem", code: "invalid-request", detail: "The body must be a JSON object." };
  }
  const isBatch = Object.hasOwn(body, "batch");
  if (isBatch && !Array.isArray(body.batch)) {
    return { kind: "problem", code: "invalid-request", detail: "batch must be a list." };
  }
  if (!isBatch && path === "batch" && !Object.hasOwn(body, "type")) {
    return { kind: "problem", code: "invalid-request", detail: "batch is missing." };
  }
  const sentAt = isBlank(body.sentAt) ? null : readTime(body.sentAt);
  const context = isBatch && isRecord(body.context) ? body.context : {};
  const items: readonly unknown[] = isBatch ? (body.batch as unknown[]) : [body];
  return {
    kind: "ok",
    items: items.map((item) => completed(item, isBatch ? "batch" : path, context, anonymousId)),
    sentAt: sentAt?.kind === "ok" ? sentAt.at : null,
    context,
    writeKey: readText(body.writeKey),
  };
}

function completed(
  item: unknown,
  path: WebPath,
  context: Readonly<Record<string, unknown>>,
  anonymousId: string | undefined,
): unknown {
  if (!isRecord(item)) return item;
  const changes: Record<string, unknown> = {};
  if (path !== "batch") changes.type = path;
  if (Object.keys(context).length > 0 && (isBlank(item.context) || isRecord(item.context))) {
    changes.context = { ...context, ...(isRecord(item.context) ? item.context : {}) };
  }
  if (anonymousId !== undefined && isBlank(item.userId) && isBlank(item.anonymousId)) {
    changes.anonymousId = anonymousId;
  }
  // The write key is a secret: it goes no further than the door, into no quarantine.
  if (!Object.hasOwn(item, "writeKey") && Object.keys(changes).length === 0) return item;
  const { writeKey: _, ...rest } = item;
  return { ...rest, ...changes };
}
