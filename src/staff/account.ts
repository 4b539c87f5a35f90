import { DAY, HOUR, MINUTE } from "../kernel/clock.ts";
import type { StaffRole } from "../kernel/route.ts";

/** Somebody who logs in, as stored; name and address are sealed. */
export interface Account {
  readonly id: string;
  readonly keyId: string;
  readonly login: Buffer;
  readonly name: Buffer;
  readonly role: StaffRole;
  readonly purposes: readonly string[];
  readonly stores: readonly string[];
  readonly passwordHash: string | null;
  readonly totp: Buffer | null;
  readonly totpConfirmedAt: Date | null;
  readonly totpLastStep: number;
  /** Keyed digest of issuer and subject at the OpenID provider with which it is linked. */
  readonly signOnMac: Buffer | null;
  readonly failedAttempts: number;
  readonly lockedUntil: Date | null;
  readonly createdAt: Date;
  /** Midnight UTC of the last day with a log-in. */
  readonly lastLogin: Date | null;
  readonly endedAt: Date | null;
}

/** Purposes that a role may name when it reads personal data, unless the account says otherwise. */
export const PURPOSES_OF_ROLE: Readonly<Record<StaffRole, readonly string[]>> = {
  admin: ["*"],
  compliance: ["*"],
  cx: ["service", "survey-contact", "profiling"],
  store: ["service"],
  // Figures only: an analyst never sees a field about a person, an auditor reads the log.
  analyst: [],
  auditor: [],
};

/** A session ends after twelve hours, or after one without a request, whichever comes first. */
export const SESSION_LASTS = 12 * HOUR;
export const SESSION_RESTS = HOUR;
/** A link for choosing a password. */
export const INVITE_LASTS = 3 * DAY;
/** A second person decides within this time, and whoever asked then acts within it. */
export const APPROVAL_LASTS = 3 * DAY;

/** Failed log-ins that are simply counted; each further one doubles the wait, from one minute to an hour. */
const FREE_ATTEMPTS = 5;
const LONGEST_LOCK = HOUR;

/** Until when an account refuses log-ins after so many failures in a row; null: not at all. */
export function lockAfter(failures: number, at: Date): Date | null {
  if (failures < FREE_ATTEMPTS) return null;
  const wait = Math.min(LONGEST_LOCK, MINUTE * 2 ** Math.min(10, failures - FREE_ATTEMPTS));
  return new Date(at.getTime() + wait);
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** A browser and a system in two words, such as `Firefox, Windows`: enough to know one's own, no fingerprint. */
export function deviceOf(userAgent: string | undefined): string {
  const find = (list: typeof BROWSERS) => list.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1];
  return [find(BROWSERS), find(SYSTEMS)].filter((word) => word !== undefined).join(", ") || "unknown";
}
