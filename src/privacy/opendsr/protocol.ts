import type { RequestState } from "../requests/state.ts";

/** OpenDSR 2.0 (https://github.com/opengdpr/OpenDSR), the parts that need no state. */

export const API_VERSION = "2.0";
export const REQUEST_TYPES = ["access", "portability", "erasure"] as const;
export type OpenDsrType = (typeof REQUEST_TYPES)[number];
export const REGULATIONS = ["gdpr", "ccpa"] as const;
export type Regulation = (typeof REGULATIONS)[number];
export const FORMATS = ["raw", "sha1", "md5", "sha256"] as const;
export type IdentityFormat = (typeof FORMATS)[number];
/** Identity types of §5.1 by the kind of identifier that we know them as. */
export const IDENTITY_KINDS: Readonly<Record<string, string>> = {
  controller_customer_id: "member_id",
  email: "email",
  android_advertising_id: "device_id",
  android_id: "device_id",
  fire_advertising_id: "device_id",
  ios_advertising_id: "device_id",
  ios_vendor_id: "device_id",
  microsoft_publisher_id: "device_id",
  roku_publisher_id: "device_id",
  roku_advertising_id: "device_id",
};
export const STATUSES = ["pending", "in_progress", "completed", "cancelled"] as const;
export type OpenDsrStatus = (typeof STATUSES)[number];

export interface SubjectIdentity {
  readonly type: string;
  readonly value: string;
  readonly format: IdentityFormat;
}

/** A request as its body says it. */
export interface OpenDsrBody {
  readonly regulation: Regulation;
  readonly subjectRequestId: string;
  readonly type: OpenDsrType;
  readonly submittedTime: Date;
  readonly identities: readonly SubjectIdentity[];
  readonly callbackUrls: readonly string[];
  /** Our own extension, under our domain's name. */
  readonly extension: Readonly<Record<string, unknown>>;
}

/** One thing that is wrong; it never repeats a value. */
export interface OpenDsrFault {
  readonly domain: string;
  readonly reason: string;
  readonly message: string;
}

export type ParsedBody =
  | { readonly kind: "ok"; readonly body: OpenDsrBody }
  | { readonly kind: "faulty"; readonly faults: readonly OpenDsrFault[] };

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** RFC 3339 §5.6, a date and a time with an offset. */
const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const DIGEST: Readonly<Record<Exclude<IdentityFormat, "raw">, RegExp>> = {
  md5: /^[0-9a-f]{32}$/i,
  sha1: /^[0-9a-f]{40}$/i,
  sha256: /^[0-9a-f]{64}$/i,
};
const MOST = 50;

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === "object" && v !== null && !Array.isArray(v);

/**
 * Reads a request body strictly: `regulation` is required (the specification's own example lacks it and ends in a
 * trailing comma, so neither is a guide). `domain` is ours, under which our extension stands.
 */
export function parseOpenDsr(text: string, domain: string, major: 1 | 2): ParsedBody {
  const faults: OpenDsrFault[] = [];
  const wrong = (reason: string, message: string) => faults.push({ domain, reason, message });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (!isObject(json))
    return {
      kind: "faulty",
      faults: [{ domain, reason: "invalid_json", message: "The body is not a JSON object." }],
    };
  // OpenGDPR 1 knew one regulation only.
  const regulation =
    major === 1 && json.regulation === undefined ? "gdpr" : REGULATIONS.find((r) => r === json.regulation);
  if (regulation === undefined) wrong("regulation", "regulation must be gdpr or ccpa.");
  const id = json.subject_request_id;
  if (typeof id !== "string" || !UUID_V4.test(id))
    wrong("subject_request_id", "subject_request_id must be a lower-case UUID of version 4.");
  const type = REQUEST_TYPES.find((t) => t === json.subject_request_type);
  if (type === undefined)
    wrong("subject_request_type", `subject_request_type must be one of ${REQUEST_TYPES.join(", ")}.`);
  const submitted = json.submitted_time;
  const submittedTime =
    typeof submitted === "string" && RFC3339.test(submitted) ? new Date(submitted) : new Date(Number.NaN);
  if (Number.isNaN(submittedTime.getTime()))
    wrong("submitted_time", "submitted_time must be a time of RFC 3339.");
  if (json.api_version !== undefined && String(json.api_version).split(".")[0] !== String(major))
    wrong("api_version", `api_version must be of major version ${major}.`);
  const extension = extensionOf(json.extensions, domain, wrong);
  const identities = identitiesOf(json.subject_identities, wrong);
  if (json.subject_identities === undefined && !Object.hasOwn(extension, "mobile_number"))
    wrong("subject_identities", "subject_identities is required.");
  const urls = json.status_callback_urls ?? [];
  const callbackUrls = Array.isArray(urls) ? urls.filter((u): u is string => typeof u === "string") : [];
  if (!Array.isArray(urls) || callbackUrls.length !== urls.length || urls.length > MOST)
    wrong("status_callback_urls", `status_callback_urls must be at most ${MOST} URLs.`);
  if (faults.length > 0 || regulation === undefined || type === undefined) return { kind: "faulty", faults };
  return {
    kind: "ok",
    body: {
      regulation,
      subjectRequestId: id as string,
      type,
      submittedTime,
      identities,
      callbackUrls: [...new Set(callbackUrls)],
      extension,
    },
  };
}

function extensionOf(
  value: unknown,
  domain: string,
  wrong: (reason: string, message: string) => void,
): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (!isObject(value)) {
    wrong("extensions", "extensions must be an object of domains.");
    return {};
  }
  const own = value[domain];
  return isObject(own) ? own : {};
}

function identitiesOf(value: unknown, wrong: (reason: string, message: string) => void): SubjectIdentity[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST) {
    wrong("subject_identities", `subject_identities must be a list of 1 to ${MOST}.`);
    return [];
  }
  return value.flatMap((one: unknown, i) => {
    const at = `subject_identities[${i}]`;
    if (!isObject(one)) {
      wrong("subject_identities", `${at} must be an object.`);
      return [];
    }
    const { identity_type: type, identity_value: text } = one;
    const format = FORMATS.find((f) => f === one.identity_format);
    if (typeof type !== "string" || !Object.hasOwn(IDENTITY_KINDS, type)) {
      wrong("identity_type", `${at}.identity_type is not supported; see /v2/discovery.`);
      return [];
    }
    if (format === undefined) {
      wrong("identity_format", `${at}.identity_format must be one of ${FORMATS.join(", ")}.`);
      return [];
    }
    const isGood =
      typeof text === "string" &&
      text !== "" &&
      text.length <= 320 &&
      (format === "raw" || DIGEST[format].test(text));
    if (!isGood) {
      wrong("identity_value", `${at}.identity_value does not have the form of its identity_format.`);
      return [];
    }
    return [{ type, value: text as string, format }];
  });
}

/** How a state of ours is called there. What we refused is `cancelled`; that we hold nothing is `completed`. */
export function statusOf(state: RequestState, reason: string | null): OpenDsrStatus {
  switch (state) {
    case "executing":
    case "awaiting_recipients":
      return "in_progress";
    case "completed":
    case "completed_with_exceptions":
      return "completed";
    case "denied":
      return reason === "no_match" ? "completed" : "cancelled";
    case "duplicate":
    case "withdrawn":
    case "expired":
      return "cancelled";
    default:
      return "pending";
  }
}

const RANK: Readonly<Record<OpenDsrStatus, number>> = {
  pending: 0,
  in_progress: 1,
  completed: 2,
  cancelled: 2,
};

/** Whether a status may follow another: callbacks carry no time, so a status never goes back. */
export function mayFollow(before: OpenDsrStatus, after: OpenDsrStatus): boolean {
  return RANK[after] > RANK[before];
}

/** The identities that discovery names. */
export function supportedIdentities(): { identity_type: string; identity_format: IdentityFormat }[] {
  return Object.keys(IDENTITY_KINDS).flatMap((identity_type) =>
    FORMATS.map((identity_format) => ({ identity_type, identity_format })),
  );
}
