import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { testDatabases } from "../../setup/engines.ts";
import { ADMIN_KEY, startTestServer, type TestServer } from "../../setup/server.ts";
import { CONTROLLER, joinMember } from "../privacy/people.ts";
import { candor } from "./candor.ts";

describe(`candor requests on ${testDatabases().engine}`, () => {
  let server: TestServer;
  let env: Record<string, string>;
  let folder: string;
  let memberId: string;
  before(async () => {
    server = await startTestServer("cli-requests");
    await server.call("PUT", "/v1/controller", { body: CONTROLLER });
    memberId = await joinMember(server, { number: "M-1", email: "mei@members.example", country: "IE" });
    folder = mkdtempSync(join(tmpdir(), "candor-cli-"));
    env = { CANDOR_URL: server.url, CANDOR_ADMIN_KEY: ADMIN_KEY, PATH: process.env.PATH ?? "" };
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server.close();
  });

  const done = async (...args: string[]): Promise<string> => {
    const finished = await candor(env, ["requests", ...args]);
    expect(finished.code, `${args.join(" ")}: ${finished.err}`).to.equal(0);
    return finished.out;
  };

  it("files, lists, shows, approves with the preview's fingerprint, confirms and counts", async () => {
    const id = (
      await done(
        "file",
        "--kind",
        "erasure",
        "--member",
        memberId,
        "--country",
        "IE",
        "--identity",
        "in-person",
      )
    ).trim();
    expect(await done("list", "--kind", "erasure"))
      .to.contain(id)
      .and.contain("assessing");
    const shown = await done("show", id);
    expect(shown)
      .to.contain("GDPR Art. 12(3)")
      .and.contain("identity: in-person")
      .and.match(/possible now: .*approve/);
    const preview = await done("preview", id);
    expect(preview).to.contain("keys to destroy: 1");
    const early = await candor(env, ["requests", "approve", id]);
    expect([early.code, early.err.includes("preview-missing")]).to.deep.equal([4, true]);
    const fingerprint = /^fingerprint (\w+)$/m.exec(preview)?.[1] as string;
    expect(await done("approve", id, "--fingerprint", fingerprint)).to.contain("awaiting_confirmation");
    expect(await done("confirm", id, "--note", "At the counter", "--at-once")).to.contain("executing");
    await server.candor.fulfil.work();
    expect(await done("show", id))
      .to.contain("erasure under EU: completed")
      .and.contain("certificate");
    expect((await candor(env, ["requests", "retry", id])).err).to.contain("closed");
    const year = String(new Date().getUTCFullYear());
    expect(await done("metrics", "--year", year)).to.match(/EU +erasure +1 +1/);
  });

  it("refuses on a legal ground, extends, holds and releases, each with its words", async () => {
    const other = await joinMember(server, { number: "M-2", email: "tom@members.example", country: "IE" });
    const file = async () =>
      (
        await done("file", "--kind", "access", "--member", other, "--country", "IE", "--identity", "document")
      ).trim();
    const id = await file();
    expect(await done("extend", id, "--reason", "Paper files")).to.contain("extended");
    expect(await done("hold", id, "--reason", "A court asks")).to.contain("on hold");
    expect(await done("release", id, "--reason", "Lifted")).to.not.contain("on hold");
    const { grounds } = JSON.parse(await done("show", id, "--json")) as { grounds: { id: string }[] };
    expect(await done("deny", id, "--ground", grounds[0]?.id as string, "--words", "See case 7.")).to.contain(
      "denied",
    );
    expect(await done("show", id)).to.contain("See case 7.");
    expect(await done("list", "--kind", "access")).to.not.contain(id);
    expect(await done("list", "--kind", "access", "--all")).to.contain(id);
    const withdrawn = await file();
    expect(await done("cancel", withdrawn, "--note", "Changed their mind")).to.contain("withdrawn");
  });
});
