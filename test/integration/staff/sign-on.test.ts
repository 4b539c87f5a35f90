import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { logInAtProvider, type OpenIdProvider, startOpenIdProvider } from "../../setup/openid-provider.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";

const PASSWORD = "a long enough pass phrase";

describe("log-in by an OpenID provider", () => {
  let server: TestServer;
  let provider: OpenIdProvider;
  let issuer = "";

  before(async () => {
    server = await startTestServer("sign-on", {
      signOn: {
        // Both start on ports of the system's choice, and each has to know the other's.
        get issuer() {
          return issuer;
        },
        get redirectUri() {
          return `${server.url}/sign-on`;
        },
        clientId: "candor-console",
        clientSecret: "a-secret-between-the-two-of-them",
        name: "Example Accounts",
        scope: "openid email profile",
        roleClaim: "groups",
        roles: [
          { value: "privacy", role: "compliance" },
          { value: "shops", role: "store" },
        ],
        storeClaim: "shops",
      },
    });
    provider = await startOpenIdProvider(() => `${server.url}/sign-on`);
    ({ issuer } = provider);
  });
  after(async () => {
    await provider.close();
    await server.close();
  });

  const invite = async (email: string, role = "compliance") => {
    const made = await server.call<{ link: string; account: { id: string } }>("POST", "/v1/staff", {
      body: { email, name: "Kim Lee", role },
    });
    expect(made.status).to.equal(201);
    return { id: made.body.account.id, token: made.body.link.split("#")[1] };
  };
  const cookieOf = (headers: Headers) => (headers.get("set-cookie") ?? "").split(";")[0] as string;
  const begin = async () => {
    const begun = await server.call<{ url: string }>("POST", "/v1/session/sign-on", { key: null });
    expect(begun.status, JSON.stringify(begun.body)).to.equal(201);
    return { url: begun.body.url, cookie: cookieOf(begun.headers) };
  };
  const finish = (answer: string, cookie: string | null) =>
    server.call<{ code?: string; account?: { role: string; stores: string[]; state: string } }>(
      "POST",
      "/v1/session/sign-on/answer",
      { key: null, body: { answer }, headers: cookie === null ? {} : { cookie } },
    );
  /** The whole way; answers what Candor says at its end. */
  const signOn = async (login: string | null) => {
    const { url, cookie } = await begin();
    return finish(await logInAtProvider(url, login), cookie);
  };
  const codeOf = (answer: { status: number; body: { code?: string } }) =>
    `${answer.status} ${answer.body.code}`;
  const knows = (login: string, claims: Record<string, unknown>) =>
    provider.people.set(login, { email_verified: true, groups: ["privacy"], ...claims });

  it("is offered by name beside the password", async () => {
    const ways = await server.call("GET", "/v1/session/ways", { key: null });
    expect(ways.body).to.deep.equal({ password: true, signOn: { name: "Example Accounts" } });
  });

  it("lets in who was invited under the address that the provider verified, and knows them by it no longer", async () => {
    const { id } = await invite("Ann@candor.example");
    knows("ann", { email: "ann@candor.example" });
    const first = await signOn("ann");
    expect(first.status, JSON.stringify(first.body)).to.equal(201);
    expect(first.body.account).to.include({ role: "compliance", state: "active" });
    const cookie = cookieOf(first.headers);
    expect((await server.call("GET", "/v1/session", { key: null, headers: { cookie } })).status).to.equal(
      200,
    );
    knows("ann", { email: "ann.married@candor.example" });
    expect((await signOn("ann")).status, "with another address").to.equal(201);
    const log = await server.database.db.query<{ action: string; actor: string }>(sql`
      select e.entry::json->>'action' as action, e.entry::json->'actor'->>'id' as actor
      from (select entry from audit_stage union all select entry from audit_entry) e
      where e.entry::json->>'action' like 'staff.%'`);
    const actions = log.map((entry) => entry.action);
    expect(actions).to.include.members(["staff.linked", "staff.sign-on"]);
    expect(log.filter((e) => e.action === "staff.sign-on").map((e) => e.actor)).to.deep.equal([id, id]);
  });

  it("refuses whom nobody invited, whose address is not verified, and whose account has ended", async () => {
    knows("stranger", { email: "stranger@candor.example" });
    expect(codeOf(await signOn("stranger"))).to.equal("403 sign-on-unknown");
    await invite("boast@candor.example");
    knows("boast", { email: "boast@candor.example", email_verified: false });
    expect(codeOf(await signOn("boast"))).to.equal("403 sign-on-unverified");
    const { id } = await invite("left@candor.example");
    await server.call("PATCH", `/v1/staff/${id}`, { body: { ended: true } });
    knows("left", { email: "left@candor.example" });
    expect(codeOf(await signOn("left"))).to.equal("410 gone");
  });

  it("refuses a second identity for a linked account, until an administrator unlinks it", async () => {
    const { id } = await invite("twice@candor.example");
    knows("twice-a", { email: "twice@candor.example" });
    knows("twice-b", { email: "twice@candor.example" });
    const first = await signOn("twice-a");
    expect(first.status).to.equal(201);
    expect(codeOf(await signOn("twice-b"))).to.equal("409 sign-on-conflict");
    expect((await server.call("PATCH", `/v1/staff/${id}`, { body: { resetSignOn: true } })).status).to.equal(
      200,
    );
    const ended = await server.call("GET", "/v1/session", {
      key: null,
      headers: { cookie: cookieOf(first.headers) },
    });
    expect(ended.status, "its session").to.equal(401);
    expect((await signOn("twice-b")).status).to.equal(201);
  });

  it("gives the role and the shops that the provider's claims say, anew at each log-in, and none without", async () => {
    await invite("mover@candor.example");
    knows("mover", { email: "mover@candor.example", groups: ["staff", "shops"], shops: ["S1", "S2"] });
    expect((await signOn("mover")).body.account).to.deep.include({ role: "store", stores: ["S1", "S2"] });
    knows("mover", { email: "mover@candor.example", groups: ["shops", "privacy"] });
    expect((await signOn("mover")).body.account).to.deep.include({ role: "compliance", stores: [] });
    knows("mover", { email: "mover@candor.example", groups: ["canteen"] });
    expect(codeOf(await signOn("mover"))).to.equal("403 sign-on-no-role");
  });

  it("takes an answer once, in the browser that asked, and only whole", async () => {
    await invite("once@candor.example");
    knows("once", { email: "once@candor.example" });
    const mine = await begin();
    const answer = await logInAtProvider(mine.url, "once");
    const other = await begin();
    expect(codeOf(await finish(answer, null)), "without the cookie").to.equal("401 sign-on-expired");
    expect(codeOf(await finish(answer, other.cookie)), "another browser").to.equal("401 sign-on-expired");
    const swapped = new URLSearchParams(answer);
    swapped.set("state", new URL(other.url).searchParams.get("state") ?? "");
    expect(codeOf(await finish(swapped.toString(), other.cookie)), "a code that another began").to.equal(
      "401 sign-on-refused",
    );
    // A code that was shown with the wrong verifier is spent at the provider: begin again.
    const fresh = await begin();
    const good = await logInAtProvider(fresh.url, "once");
    const page = await server.call("GET", `/sign-on?${good}`, { key: null });
    expect(page.status, "opening the link spends nothing").to.equal(200);
    expect((await finish(good, fresh.cookie)).status).to.equal(201);
    expect(codeOf(await finish(good, fresh.cookie)), "a second time").to.equal("401 sign-on-refused");
  });

  it("says so when somebody turns back at the provider", async () => {
    expect(codeOf(await signOn(null))).to.equal("401 sign-on-refused");
  });

  it("takes no answer that another site's page posts", async () => {
    for (const path of ["/v1/session/sign-on", "/v1/session/sign-on/answer"]) {
      const answer = await server.call("POST", path, {
        key: null,
        body: { answer: "code=x" },
        headers: { "sec-fetch-site": "cross-site" },
      });
      expect(codeOf(answer), path).to.equal("403 csrf");
    }
  });

  it("works beside the password, whose lock-out does not concern it", async () => {
    const { token } = await invite("both@candor.example");
    await server.call("POST", "/v1/invitations/use", { key: null, body: { token, password: PASSWORD } });
    const logIn = (password: string) =>
      server.call("POST", "/v1/session", { key: null, body: { email: "both@candor.example", password } });
    for (let i = 0; i < 5; i++) await logIn("wrong");
    expect((await logIn(PASSWORD)).status).to.equal(429);
    knows("both", { email: "both@candor.example" });
    expect((await signOn("both")).status).to.equal(201);
    expect((await logIn(PASSWORD)).status).to.equal(201);
  });

  it("keeps neither the provider's name for a person nor an address in the clear", async () => {
    const [found] = await server.database.db.query<{ n: number }>(sql`
      select count(*)::int as n from staff_account a
      where a::text ilike '%candor.example%' or a::text ilike '%twice-%'`);
    expect(found?.n).to.equal(0);
  });
});

describe("log-in by an OpenID provider that is away", () => {
  it("says so, and leaves the password", async () => {
    const server = await startTestServer("sign-on-away", {
      signOn: {
        issuer: "http://127.0.0.1:9",
        redirectUri: "http://127.0.0.1:9/sign-on",
        clientId: "candor-console",
        clientSecret: null,
        name: "Away",
        scope: "openid email",
        roleClaim: null,
        roles: [],
        storeClaim: null,
      },
    });
    const begun = await server.call("POST", "/v1/session/sign-on", { key: null });
    expect([begun.status, begun.body.code]).to.deep.equal([503, "sign-on-unavailable"]);
    const token = (await server.candor.staff.firstLink()) as string;
    const first = await server.call("POST", "/v1/invitations/use", {
      key: null,
      body: { token, password: PASSWORD, email: "first@candor.example", name: "First" },
    });
    expect(first.status).to.equal(201);
    await server.close();
  });
});
