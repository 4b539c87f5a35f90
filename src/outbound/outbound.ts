import { lookup as dnsLookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { SECOND } from "../kernel/clock.ts";
import { isPublicAddress } from "./addresses.ts";

/** Why a call was not made or brought no answer. Stable codes; they never hold a part of the URL. */
export type OutboundFailure =
  | "bad-url"
  | "not-https"
  | "address-refused"
  | "name-not-found"
  | "timeout"
  | "connection-failed"
  | "answer-too-large";

export type OutboundAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly body: Buffer }
  /** `heard`: the connection stood, so that the call may have been understood although no answer came. */
  | { readonly kind: "failed"; readonly code: OutboundFailure; readonly heard?: true };

export interface OutboundCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds for the whole call (15,000). */
  readonly timeoutMs?: number;
  /** Bytes of the answer that are read before the call is cut (65,536). */
  readonly answerLimit?: number;
}

/** The only door to foreign addresses. */
export interface Outbound {
  /**
   * Posts to a foreign address. The name is resolved once, every address it has must be public, and the connection
   * goes to exactly the address that was checked. Redirects are not followed: they are answers like any other.
   * Never rejects.
   */
  post(call: OutboundCall): Promise<OutboundAnswer>;
  /** Whether a URL may be kept as a target: its form only, since a name may point elsewhere tomorrow. */
  checkUrl(url: string): OutboundFailure | null;
}

export interface OutboundSettings {
  /** Hosts (`hooks.internal`, `127.0.0.1`, with `:port` for that port only) that may be called though they are not public, also over plain HTTP. */
  readonly allow: readonly string[];
  /** Resolves a name to all its addresses; the system's resolver unless a test says otherwise. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

const TIMEOUT = 15 * SECOND;
const ANSWER_LIMIT = 64 * 1024;

async function resolveBySystem(host: string): Promise<string[]> {
  return (await dnsLookup(host, { all: true, verbatim: true })).map((found) => found.address);
}

/** Opens the door. `allow` comes from CANDOR_OUTBOUND_ALLOW. */
export function createOutbound(settings: OutboundSettings): Outbound {
  const allowed = new Set(settings.allow.map((host) => host.toLowerCase()));
  const resolve = settings.resolve ?? resolveBySystem;
  const isAllowed = (url: URL): boolean =>
    allowed.has(url.hostname) || allowed.has(`${url.hostname}:${url.port || defaultPort(url)}`);

  const checked = (text: string): URL | OutboundFailure => {
    if (!URL.canParse(text)) return "bad-url";
    const url = new URL(text);
    if (url.protocol !== "https:" && url.protocol !== "http:") return "bad-url";
    if (url.username !== "" || url.password !== "" || url.hostname === "") return "bad-url";
    if (isAllowed(url)) return url;
    if (url.protocol !== "https:") return "not-https";
    const literal = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0 && !isPublicAddress(literal)) return "address-refused";
    return url;
  };

  return {
    checkUrl(text) {
      const found = checked(text);
      return typeof found === "string" ? found : null;
    },
    async post(call) {
      const url = checked(call.url);
      if (typeof url === "string") return { kind: "failed", code: url };
      const deadline = AbortSignal.timeout(call.timeoutMs ?? TIMEOUT);
      const host = url.hostname.replace(/^\[|\]$/g, "");
      let addresses: readonly string[];
      try {
        addresses = isIP(host) !== 0 ? [host] : await withSignal(resolve(host), deadline);
      } catch {
        return { kind: "failed", code: deadline.aborted ? "timeout" : "name-not-found" };
      }
      const [address] = addresses;
      if (address === undefined) return { kind: "failed", code: "name-not-found" };
      // One private address among several is how a name is rebound; then none of them is trusted.
      if (!isAllowed(url) && !addresses.every(isPublicAddress))
        return { kind: "failed", code: "address-refused" };
      return send(url, address, call, deadline);
    },
  };
}

function defaultPort(url: URL): string {
  return url.protocol === "https:" ? "443" : "80";
}

function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** One request to one checked address; the name goes only into the Host header and the certificate check. */
function send(url: URL, address: string, call: OutboundCall, deadline: AbortSignal): Promise<OutboundAnswer> {
  const family = isIP(address);
  const lookup: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  const limit = call.answerLimit ?? ANSWER_LIMIT;
  return new Promise((resolve) => {
    let heard = false;
    const fail = (code: OutboundFailure): void => {
      resolve({
        kind: "failed",
        code: deadline.aborted ? "timeout" : code,
        ...(heard ? { heard: true } : {}),
      });
    };
    const body = Buffer.from(call.body, "utf8");
    const request = (url.protocol === "https:" ? https : http).request(
      url,
      {
        method: "POST",
        headers: { ...call.headers, "content-length": String(body.length) },
        lookup,
        // A pooled connection would outlive the check of its address.
        agent: false,
        signal: deadline,
      },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on("data", (part: Buffer) => {
          size += part.length;
          if (size > limit) {
            fail("answer-too-large");
            request.destroy();
          } else parts.push(part);
        });
        response.on("end", () =>
          resolve({ kind: "answered", status: response.statusCode ?? 0, body: Buffer.concat(parts) }),
        );
        response.on("error", () => fail("connection-failed"));
      },
    );
    request.on("socket", (socket) => {
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => {
        heard = true;
      });
    });
    request.on("error", () => fail("connection-failed"));
    request.end(body);
  });
}
