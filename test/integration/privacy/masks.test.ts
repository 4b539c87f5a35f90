import { expect } from "chai";
import { sequenceAudit } from "../../../src/audit/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";

const CONTACT = "zhao.asks@candor.example";
const WORDS = "Tell me everything about Zhao.";

describe("what people see of who asked and of mail", () => {
  let server: TestServer;
  let requestId: string;
  let mailId: string;

  before(async () => {
    server = await startTestServer("masks");
    const made = await server.call<{ id: string }>("POST", "/v1/dsr", {
      body: {
        kind: "access",
        door: "letter",
        contact: { kind: "email", value: CONTACT },
        words: WORDS,
        locale: "en",
        sendCode: true,
      },
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    requestId = made.body.id;
    const box = await server.call<{ items: { id: string; template: string }[] }>("GET", "/v1/outbox");
    mailId = box.body.items.find(({ template }) => template === "request-code")?.id ?? "";
  });
  after(() => server.close());

  const asStaff = async () => {
    const { body } = await server.call<{ link: string }>("POST", "/v1/staff", {
      body: { email: "masks@candor.example", name: "An administrator", role: "admin" },
    });
    const opened = await server.call<{ csrf: string }>("POST", "/v1/invitations/use", {
      key: null,
      body: { token: body.link.split("#")[1], password: "a long enough pass phrase" },
    });
    const cookie = (opened.headers.get("set-cookie") ?? "").split(";")[0] as string;
    return async (path: string) => {
      const answer = await server.call("GET", path, { key: null, headers: { cookie } });
      expect(answer.status, path).to.equal(200);
      return answer.body;
    };
  };
  const noted = async (action: string) => {
    await sequenceAudit(server.database.db);
    const log = await server.call<{ items: unknown[] }>("GET", `/v1/audit?action=${action}`);
    return log.body.items.length;
  };

  it("stays hidden until they say why, and the reason is in the log", async () => {
    const read = await asStaff();
    for (const { path, family } of [
      { path: `/v1/dsr/${requestId}`, family: "request" },
      { path: `/v1/outbox/${mailId}`, family: "mail" },
    ]) {
      const hidden = await read(path);
      expect(hidden.masked, path).to.equal(true);
      expect(JSON.stringify(hidden), path).to.not.contain(CONTACT).and.to.not.contain(WORDS);
      expect(await noted(`${family}.revealed.request`), path).to.equal(0);
      const shown = await read(`${path}?reveal=request`);
      expect(shown.masked, path).to.equal(false);
      expect(JSON.stringify(shown), path).to.contain(CONTACT);
      expect(await noted(`${family}.revealed.request`), path).to.equal(1);
    }
  });

  it("is open to programs, for whose keys somebody decided", async () => {
    const { body } = await server.call("GET", `/v1/dsr/${requestId}`);
    expect(body).to.deep.include({ masked: false, words: WORDS });
  });
});
