import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type Configuration, type JWK } from "oidc-provider";

/** Somebody whom the provider knows: what it says of them, by their login name there. */
export type ProvidersPeople = Map<string, Record<string, unknown>>;

export interface OpenIdProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Changing it changes what the provider says from then on. */
  readonly people: ProvidersPeople;
  close(): Promise<void>;
}

const CLIENT = { id: "candor-console", secret: "a-secret-between-the-two-of-them" };

async function formOf(req: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const part of req) text += String(part);
  return new URLSearchParams(text);
}

/** The provider's own log-in page: a name, no password. */
const PAGE = `<!doctype html><html lang="en"><title>The company's log-in</title>
<form method="post"><label>Name <input name="login"></label>
<button name="act" value="go">Go on</button> <button name="act" value="cancel">Cancel</button></form></html>`;

/** A real OpenID provider on loopback, which demands PKCE and knows one client: Candor. */
export async function startOpenIdProvider(redirectUri: () => string): Promise<OpenIdProvider> {
  let handle: (req: IncomingMessage, res: ServerResponse) => unknown = () => {};
  const server = createServer((req, res) => void handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people: ProvidersPeople = new Map();
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const configuration: Configuration = {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri()],
        grant_types: ["authorization_code"],
        response_types: ["code"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" } as JWK] },
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups", "shops"] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    cookies: { keys: ["only-for-this-test"] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people.get(id) }),
    }),
  };
  const quiet = console.warn;
  // It warns of Node's version and of plain HTTP, both of which are meant here.
  console.warn = () => {};
  const provider = new Provider(issuer, configuration);
  console.warn = quiet;

  const interact = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (req.method === "GET") {
      res.setHeader("content-type", "text/html; charset=utf-8");
      res.end(PAGE);
      return;
    }
    const form = await formOf(req);
    if (form.get("act") === "cancel") {
      await provider.interactionFinished(req, res, { error: "access_denied" });
      return;
    }
    const accountId = form.get("login") ?? "";
    const grant = new provider.Grant({ accountId, clientId: CLIENT.id });
    grant.addOIDCScope("openid email profile");
    await provider.interactionFinished(req, res, {
      login: { accountId, remember: false },
      consent: { grantId: await grant.save() },
    });
  };
  const serve = provider.callback();
  handle = (req, res) => (req.url?.startsWith("/interaction/") ? interact(req, res) : serve(req, res));
  return {
    issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    people,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/**
 * Goes through the provider's pages as a browser does, from the address to which Candor sent it, and answers the query
 * with which it is sent back. `login` null presses "Cancel".
 */
export async function logInAtProvider(start: string, login: string | null): Promise<string> {
  const cookies = new Map<string, string>();
  let at = new URL(start);
  let body: URLSearchParams | undefined;
  const { origin } = at;
  for (let step = 0; step < 8; step++) {
    const answer = await fetch(at, {
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(body === undefined ? {} : { method: "POST", body }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    body = undefined;
    const next = answer.headers.get("location");
    if (next === null) {
      if (body !== undefined || answer.status !== 200)
        throw new Error(`the provider answers ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
      body = new URLSearchParams(login === null ? { act: "cancel" } : { act: "go", login });
      continue;
    }
    at = new URL(next, at);
    if (at.origin !== origin) return at.search.slice(1);
  }
  throw new Error("the provider sends nobody back");
}
