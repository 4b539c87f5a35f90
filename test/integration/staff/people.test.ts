import { expect } from "chai";
import { TOTP } from "otpauth";
import { fixedClock, HOUR, MINUTE } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";

interface LoggedIn {
  readonly cookie: string;
  readonly csrf: string;
  readonly accountId: string;
}

const PASSWORD = "a long enough pass phrase";

describe("people who log in", () => {
  const clock = fixedClock("2026-03-02T08:00:00Z");
  let server: TestServer;

  const tokenOf = (link: string) => link.split("#")[1] as string;
  const cookieOf = (headers: Headers) => (headers.get("set-cookie") ?? "").split(";")[0] as string;
  const invite = async (role: string, email: string, more: object = {}) => {
    const made = await server.call<{ link: string; account: { id: string } }>("POST", "/v1/staff", {
      body: { email, name: "Kim Lee", role, ...more },
    });
    expect(made.status).to.equal(201);
    return { id: made.body.account.id, token: tokenOf(made.body.link) };
  };
  const setUp = async (token: string, more: object = {}): Promise<LoggedIn> => {
    const done = await server.call<{ csrf: string; account: { id: string } }>("POST", "/v1/invitations/use", {
      key: null,
      body: { token, password: PASSWORD, ...more },
    });
    expect(done.status).to.equal(201);
    return { cookie: cookieOf(done.headers), csrf: done.body.csrf, accountId: done.body.account.id };
  };
  const as = (
    who: LoggedIn,
    method: string,
    path: string,
    options: { body?: unknown; csrf?: string | null; headers?: Record<string, string> } = {},
  ) =>
    server.call<Record<string, never>>(method, path, {
      key: null,
      ...(options.body === undefined ? {} : { body: options.body }),
      headers: {
        cookie: who.cookie,
        ...(options.csrf === null ? {} : { "x-candor-csrf": options.csrf ?? who.csrf }),
        ...options.headers,
      },
    });
  const logIn = (email: string, password: string, code?: string) =>
    server.call<{ csrf: string; account: { id: string } }>("POST", "/v1/session", {
      key: null,
      body: { email, password, ...(code === undefined ? {} : { code }) },
    });

  before(async () => {
    server = await startTestServer("people", { clock });
  });
  after(() => server.close());

  it("make the first administrator by a link that works once, and only while there is no account", async () => {
    const link = await server.candor.staff.firstLink();
    const first = await setUp(link as string, { email: "First@Candor.example", name: "First" });
    expect((await as(first, "GET", "/v1/staff")).body.items).to.have.length(1);
    const again = await server.call("POST", "/v1/invitations/use", {
      key: null,
      body: { token: link, password: PASSWORD, email: "other@candor.example", name: "Other" },
    });
    expect([again.status, again.body.code]).to.deep.equal([410, "gone"]);
    expect(await server.candor.staff.firstLink()).to.equal(null);
  });

  it("refuse passwords that are short or too easy, and keep the link", async () => {
    const { token } = await invite("cx", "weak@candor.example");
    const choose = (password: string) =>
      server.call("POST", "/v1/invitations/use", { key: null, body: { token, password } });
    for (const password of ["seven-7", "aaaaaaaaaaaaaaaa", "Weak@candor.example"]) {
      const answer = await choose(password);
      expect(answer.status, password).to.equal(400);
      expect(JSON.stringify(answer.body)).not.to.contain(password);
    }
    expect((await choose(PASSWORD)).status).to.equal(201);
  });

  it("may do what their role may, and nothing else", async () => {
    const { token } = await invite("auditor", "auditor@candor.example");
    const auditor = await setUp(token);
    expect((await as(auditor, "GET", "/v1/audit")).status).to.equal(200);
    expect((await as(auditor, "GET", "/v1/staff")).status).to.equal(403);
    expect((await as(auditor, "POST", "/v1/batch", { body: { batch: [] } })).status).to.equal(403);
    const { id } = await server.source({ name: "Tills", kind: "pos", currency: "EUR" });
    const file = { raw: "receiptNo,lineNo,soldAt,amount,memberCard\n1,1,2026-02-01T10:00:00Z,2.50,M-1\n" };
    const send = (who: LoggedIn) =>
      server.call<{ rowsRead?: number }>("POST", `/v1/sources/${id}/files?preview=true`, {
        key: null,
        ...file,
        headers: {
          cookie: who.cookie,
          "x-candor-csrf": who.csrf,
          "content-type": "application/octet-stream",
        },
      });
    expect((await send(auditor)).status).to.equal(403);
    const admin = await setUp((await invite("admin", "importer@candor.example")).token);
    const looked = await send(admin);
    expect([looked.status, looked.body.rowsRead]).to.deep.equal([200, 1]);
  });

  it("write only with the token that our own pages know", async () => {
    const { token } = await invite("admin", "forged@candor.example");
    const admin = await setUp(token);
    const body = { name: "k", role: "cx" };
    for (const options of [
      { body, csrf: null },
      { body, csrf: "x".repeat(43) },
      { body, headers: { "sec-fetch-site": "cross-site" } },
    ]) {
      const answer = await as(admin, "POST", "/v1/keys", options);
      expect([answer.status, answer.body.code]).to.deep.equal([403, "csrf"]);
    }
    expect((await as(admin, "POST", "/v1/keys", { body })).status).to.equal(201);
  });

  it("are locked out after repeated failures, longer each time, and let in after the wait", async () => {
    await setUp((await invite("cx", "locked@candor.example")).token);
    for (let i = 0; i < 5; i++) expect((await logIn("locked@candor.example", "wrong")).status).to.equal(401);
    const locked = await logIn("locked@candor.example", PASSWORD);
    expect([locked.status, locked.body]).to.deep.include.members([429]);
    expect(locked.headers.get("retry-after")).to.equal("60");
    clock.advance(MINUTE + 1);
    expect((await logIn("locked@candor.example", "wrong")).status).to.equal(401);
    expect((await logIn("locked@candor.example", PASSWORD)).headers.get("retry-after")).to.equal("120");
    clock.advance(2 * MINUTE + 1);
    expect((await logIn(" Locked@CANDOR.example", PASSWORD)).status).to.equal(201);
  });

  it("get the same answer for an unknown address as for a wrong password", async () => {
    const unknown = await logIn("nobody@candor.example", PASSWORD);
    await setUp((await invite("cx", "known@candor.example")).token);
    const wrong = await logIn("known@candor.example", "wrong");
    const { requestId: a, ...first } = unknown.body as Record<string, unknown>;
    const { requestId: b, ...second } = wrong.body as Record<string, unknown>;
    expect(a).not.to.equal(b);
    expect(first).to.deep.equal(second);
  });

  it("can add a second factor, whose codes work once", async () => {
    const who = await setUp((await invite("cx", "totp@candor.example")).token);
    const begun = await as(who, "POST", "/v1/session/second-factor");
    const totp = new TOTP({ secret: (begun.body as unknown as { secret: string }).secret });
    const code = () => totp.generate({ timestamp: clock.now().getTime() });
    expect((await logIn("totp@candor.example", PASSWORD)).status, "not yet on").to.equal(201);
    expect(
      (await as(who, "POST", "/v1/session/second-factor/confirmation", { body: { code: code() } })).status,
    ).to.equal(204);
    const asked = await logIn("totp@candor.example", PASSWORD);
    expect((asked.body as { code?: string }).code).to.equal("second-factor-required");
    expect(
      (await logIn("totp@candor.example", PASSWORD, code())).status,
      "used at the confirmation",
    ).to.equal(401);
    clock.advance(MINUTE);
    const used = code();
    expect((await logIn("totp@candor.example", PASSWORD, used)).status).to.equal(201);
    expect((await logIn("totp@candor.example", PASSWORD, used)).status).to.equal(401);
  });

  it("see their sessions, can end each, and lose the others with a new password", async () => {
    const here = await setUp((await invite("cx", "sessions@candor.example")).token);
    const there = await logIn("sessions@candor.example", PASSWORD);
    const other = { cookie: cookieOf(there.headers), csrf: there.body.csrf, accountId: here.accountId };
    const listed = (await as(here, "GET", "/v1/session/all")).body as unknown as {
      items: { current: boolean }[];
    };
    expect(listed.items.map((s) => s.current).sort()).to.deep.equal([false, true]);
    const changed = await as(here, "POST", "/v1/session/password", {
      body: { current: PASSWORD, password: "another long pass phrase" },
    });
    expect(changed.status).to.equal(204);
    expect((await as(other, "GET", "/v1/session")).status).to.equal(401);
    expect((await as(here, "DELETE", "/v1/session")).status).to.equal(204);
    expect((await as(here, "GET", "/v1/session")).status).to.equal(401);
  });

  it("are logged out after an hour without a request, and after twelve in any case", async () => {
    const who = await setUp((await invite("cx", "resting@candor.example")).token);
    for (let hours = 0; hours < 11.5; hours += 0.9) {
      clock.advance(0.9 * HOUR);
      expect((await as(who, "GET", "/v1/session")).status, `after ${hours}`).to.equal(200);
    }
    clock.advance(0.9 * HOUR);
    expect((await as(who, "GET", "/v1/session")).status).to.equal(401);
    const resting = await logIn("resting@candor.example", PASSWORD);
    const again = { cookie: cookieOf(resting.headers), csrf: resting.body.csrf, accountId: "" };
    clock.advance(HOUR + 1);
    expect((await as(again, "GET", "/v1/session")).status).to.equal(401);
  });

  it("lose their sessions when the account ends, while the last administrator stays", async () => {
    const { id, token } = await invite("store", "leaver@candor.example", { stores: ["S1"] });
    const who = await setUp(token);
    expect((await server.call("PATCH", `/v1/staff/${id}`, { body: { ended: true } })).status).to.equal(200);
    expect((await as(who, "GET", "/v1/session")).status).to.equal(401);
    expect((await logIn("leaver@candor.example", PASSWORD)).status).to.equal(401);
    const { items } = (
      await server.call<{ items: { id: string; role: string; state: string }[] }>("GET", "/v1/staff")
    ).body;
    const admins = items.filter((a) => a.role === "admin" && a.state !== "ended");
    const answers: number[] = [];
    for (const admin of admins)
      answers.push((await server.call("PATCH", `/v1/staff/${admin.id}`, { body: { ended: true } })).status);
    expect(answers.filter((status) => status === 409)).to.have.length(1);
  });

  it("leave neither names nor addresses in the store", async () => {
    const [found] = await server.database.db.query<{ n: number }>({
      text: `select count(*)::int as n from staff_account a where a::text ilike '%candor.example%' or a::text ilike '%Kim Lee%'`,
      values: [],
    } as never);
    expect(found?.n).to.equal(0);
  });
});
