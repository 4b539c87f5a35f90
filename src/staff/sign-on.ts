import { createHash, randomBytes } from "node:crypto";
import * as oidc from "openid-client";
import { type Clock, HOUR } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { AppError } from "../kernel/problems.ts";
import { type ClaimMapping, type Identity, identityFrom, wantsMoreThan } from "./sign-on-claims.ts";

/** An OpenID Connect provider through which people may log in beside their passwords. */
export interface SignOnSettings extends ClaimMapping {
  /** The issuer's address, exactly as the provider states it (OpenID Connect Discovery 1.0 §3). */
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client, which PKCE alone protects. */
  readonly clientSecret: string | null;
  /** Where the provider sends people back, as it is registered there: this server's `/sign-on`. */
  readonly redirectUri: string;
  /** What the button on the log-in page names. */
  readonly name: string;
  readonly scope: string;
}

/** One way to the provider and back. */
export interface SignOn {
  readonly name: string;
  /** Where to send the browser, and the secret that it keeps meanwhile. Throws `sign-on-unavailable`. */
  begin(): Promise<{ readonly url: string; readonly secret: string }>;
  /**
   * Who came back. `answer` is the query that the provider sent with them, `secret` what the browser kept. Throws
   * `sign-on-expired` when they do not belong together, `sign-on-refused` when the provider said no or its answer does
   * not hold, and `sign-on-unavailable` when it could not be asked.
   */
  finish(answer: string, secret: string | undefined): Promise<Identity>;
}

/** How long somebody may take at the provider, in seconds. */
export const SIGN_ON_LASTS = 600;
/** Seconds that a call to the provider may take. */
const TIMEOUT = 10;
/** How long what the provider says of itself is believed. Its keys are looked up anew whenever one is not known. */
const BELIEVED = HOUR;

/**
 * State, nonce and PKCE verifier follow from one secret that only the browser's cookie holds, so nothing is stored
 * here; what travels through the provider tells nothing of the secret (RFC 7636 §4.1: 43 characters of base64url).
 */
const derived = (secret: string, what: "state" | "nonce" | "verifier") =>
  createHash("sha256").update(`candor-sign-on:${what}:${secret}`).digest("base64url");

/**
 * The relying party: authorization code with PKCE (RFC 7636), state and nonce (OpenID Connect Core 1.0 §3.1), the
 * provider's addresses and keys by discovery. Plain HTTP is spoken to an issuer of plain HTTP alone, which the settings
 * allow on this very machine only.
 */
export function createSignOn(
  settings: SignOnSettings,
  deps: { readonly clock: Clock; readonly log: Log },
): SignOn {
  let known: { readonly configuration: oidc.Configuration; readonly at: number } | undefined;

  const discover = async (): Promise<oidc.Configuration> => {
    const now = deps.clock.now().getTime();
    if (known !== undefined && Math.abs(now - known.at) < BELIEVED) return known.configuration;
    const issuer = new URL(settings.issuer);
    const configuration = await oidc.discovery(
      issuer,
      settings.clientId,
      undefined,
      settings.clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(settings.clientSecret),
      { timeout: TIMEOUT, ...(issuer.protocol === "http:" ? { execute: [oidc.allowInsecureRequests] } : {}) },
    );
    known = { configuration, at: now };
    return configuration;
  };
  /** Codes of the library and of the protocol are stable words; messages may hold what the provider sent. */
  const codeOf = (error: unknown): string => {
    if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError)
      return /^[a-z_]{1,40}$/.test(error.error) ? error.error : "unknown_error";
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return /^[A-Z0-9_]{1,60}$/.test(code) ? code : "no-answer";
  };
  const asked = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError) throw error;
      const code = codeOf(error);
      deps.log.warn("sign_on_failed", { step, code });
      const isAnswer =
        error instanceof oidc.ResponseBodyError ||
        error instanceof oidc.AuthorizationResponseError ||
        (error instanceof oidc.ClientError && !UNANSWERED.has(code));
      throw new AppError(step === "discovery" || !isAnswer ? "sign-on-unavailable" : "sign-on-refused", {
        cause: error,
      });
    }
  };

  return {
    name: settings.name,

    async begin() {
      const configuration = await asked("discovery", discover);
      const secret = randomBytes(32).toString("base64url");
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: settings.redirectUri,
        scope: settings.scope,
        response_type: "code",
        state: derived(secret, "state"),
        nonce: derived(secret, "nonce"),
        code_challenge: await oidc.calculatePKCECodeChallenge(derived(secret, "verifier")),
        code_challenge_method: "S256",
      });
      return { url: url.href, secret };
    },

    async finish(answer, secret) {
      const back = new URL(settings.redirectUri);
      back.search = answer;
      if (secret === undefined || back.searchParams.get("state") !== derived(secret, "state"))
        throw new AppError("sign-on-expired");
      const configuration = await asked("discovery", discover);
      const tokens = await asked("exchange", () =>
        oidc.authorizationCodeGrant(configuration, back, {
          pkceCodeVerifier: derived(secret, "verifier"),
          expectedState: derived(secret, "state"),
          expectedNonce: derived(secret, "nonce"),
          idTokenExpected: true,
        }),
      );
      const claims: Record<string, unknown> = { ...tokens.claims() };
      const subject = String(claims.sub);
      const { issuer, userinfo_endpoint } = configuration.serverMetadata();
      // Many providers put into the ID token only who it is; the rest they tell whoever holds the access token.
      if (wantsMoreThan(claims, settings) && userinfo_endpoint !== undefined) {
        const more = await asked("userinfo", () =>
          oidc.fetchUserInfo(configuration, tokens.access_token, subject),
        );
        for (const [name, value] of Object.entries(more)) claims[name] ??= value;
      }
      return identityFrom({ ...claims, iss: issuer, sub: subject }, settings);
    },
  };
}

/** Failures of the library that are no answer of the provider. */
const UNANSWERED = new Set(["OAUTH_TIMEOUT", "OAUTH_ABORT", "OAUTH_HTTP_REQUEST_FORBIDDEN"]);
