import { Secret, TOTP } from "otpauth";
import { SECOND } from "../kernel/clock.ts";

/** Seconds that a code is good for (RFC 6238 §5.2). */
const PERIOD = 30;
/** Codes of one step before and after are taken too: telephones and people are late. */
const DRIFT = 1;

function totpOf(secret: Buffer, label: string): TOTP {
  return new TOTP({
    issuer: "Candor",
    label,
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
    period: PERIOD,
    digits: 6,
    algorithm: "SHA1",
  });
}

/** 160 random bits, as RFC 4226 §4 recommends. */
export function newTotpSecret(): Buffer {
  return Buffer.from(new Secret({ size: 20 }).bytes);
}

/** The `otpauth:` link that an authenticator app reads, and the secret in base32 for typing. */
export function totpSetup(secret: Buffer, label: string): { readonly uri: string; readonly secret: string } {
  const totp = totpOf(secret, label);
  return { uri: totp.toString(), secret: totp.secret.base32 };
}

/**
 * The time step whose code this is, at `at` or one step beside it; null when it is none, or when it is not after
 * `lastStep`: no code is taken twice.
 */
export function stepOfCode(secret: Buffer, code: string, at: Date, lastStep: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = totpOf(secret, "").validate({ token: code, timestamp: at.getTime(), window: DRIFT });
  if (delta === null) return null;
  const step = Math.floor(at.getTime() / SECOND / PERIOD) + delta;
  return step > lastStep ? step : null;
}
