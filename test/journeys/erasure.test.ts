import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { generateDemo } from "../../scripts/demo/generate.ts";
import { runDemo } from "../../scripts/demo/run.ts";
import { talkTo } from "../../scripts/demo/talk.ts";
import { type SomebodyToErase, tillFiles } from "../../scripts/demo/to-erase.ts";
import { candor, endAll, type Serving, serve } from "../integration/cli/candor.ts";
import { type FreshDatabase, testDatabases } from "../setup/engines.ts";
import { ADMIN_KEY } from "../setup/server.ts";

/** docs/tour-erasure.md, as a newcomer walks it: the demo, a browser's forms, the command line, a recipient's key. */
describe(`an erasure from the form to the proof on ${testDatabases().engine}`, function () {
  this.timeout(600_000);
  let folder: string;
  let env: Record<string, string>;
  let database: FreshDatabase | undefined;
  let server: Serving;
  let person: SomebodyToErase;
  let requestId: string;
  const at = (name: string) => join(folder, name);
  const talk = (...args: Parameters<ReturnType<typeof talkTo>>) => talkTo(server.url, ADMIN_KEY)(...args);
  const done = async (...args: string[]): Promise<string> => {
    const finished = await candor(env, args);
    expect(finished.code, `${args.join(" ")}: ${finished.err}`).to.equal(0);
    return finished.out;
  };
  const stateOf = async () => (await talk("GET", `/v1/dsr/${requestId}`)).body.state;
  const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 400; tries++) {
      if (await isSo()) return;
      await pause(250);
    }
    throw new Error(`it never came to this: ${what}`);
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "candor-journey-"));
    env = { CANDOR_DATA_DIR: at("data"), CANDOR_ADMIN_KEY: ADMIN_KEY, PATH: process.env.PATH ?? "" };
    if (testDatabases().engine === "postgres") {
      database = await testDatabases().freshDatabase("journey", { empty: true });
      env.DATABASE_URL = database.url as string;
      env.KEYSTORE_URL = database.keystoreUrl as string;
      // A restore replaces a database only while nobody is connected to it.
      await Promise.all([database.db.close(), database.keystoreDb.close()]);
    }
    server = await serve(env);
    const demo = { people: 50, seed: 1, now: new Date() };
    const summary = await runDemo({ baseUrl: server.url, adminKey: ADMIN_KEY, ...demo });
    expect(summary.toErase, "the demo names somebody to erase").to.not.equal(null);
    person = summary.toErase as SomebodyToErase;
    for (const [name, body] of tillFiles(generateDemo(demo))) writeFileSync(at(name), body);
  });
  after(async () => {
    endAll();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("begins with a backup, and a form that anybody can fill in", async () => {
    await done("backup", at("backup"));
    const filed = await talk("POST", "/privacy", {
      key: null,
      form: { kind: "erasure", email: person.email, filer: "self", lang: "en" },
      expect: [303],
    });
    const page = (filed.headers.get("location") as string).split("?")[0] as string;
    expect((await talk("GET", page, { key: null })).text).to.not.contain(person.memberId);

    let mailId = "";
    await until("the code is in the outbox", async () => {
      const { body } = await talk("GET", "/v1/outbox?limit=5");
      const mails = body.items as readonly { readonly id: string; readonly template: string }[];
      mailId = mails.find((m) => m.template === "request-code")?.id ?? "";
      if (mailId === "") return false;
      return (await talk("GET", `/v1/outbox/${mailId}`)).body.to === person.email;
    });
    const mail = await talk("GET", `/v1/outbox/${mailId}`);
    const code = /^\d{6}$/m.exec(String(mail.body.text))?.[0] ?? "";
    const proven = await talk("POST", page, {
      key: null,
      form: { action: "code", code, lang: "en" },
      expect: [303],
    });
    const own = (proven.headers.get("location") as string).split("?")[0] as string;
    expect(own, "a new secret address").to.not.equal(page);

    const listed = await done("requests", "list", "--kind", "erasure", "--state", "assessing", "--json");
    // Whoever the address leads to by now; the demo may have requests of others in this state, too.
    const { body: found } = await talk("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "email", value: person.email },
    });
    const request = listed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string; memberId: string })
      .find((r) => r.memberId === found.memberId);
    expect(request, listed).to.not.equal(undefined);
    requestId = request?.id as string;
    const preview = await done("requests", "preview", requestId);
    expect(preview).to.contain("recipient demo-mailer: 1 copy").and.contain("recipient demo-bi: 1 copy");
    const fingerprint = /^fingerprint (\w+)$/m.exec(preview)?.[1] as string;
    await done("requests", "approve", requestId, "--fingerprint", fingerprint);
    await talk("POST", own, { key: null, form: { action: "confirm", lang: "en" }, expect: [303] });
    expect(await done("requests", "show", requestId)).to.contain("awaiting_confirmation");
    expect(
      await done("requests", "confirm", requestId, "--note", "called: begin now", "--at-once"),
    ).to.contain("executing");
  });

  it("is told to both recipients, and is finished when both have confirmed", async () => {
    await until("it waits for recipients", async () => (await stateOf()) === "awaiting_recipients");
    for (const [id, purpose] of [
      ["demo-mailer", "marketing"],
      ["demo-bi", "analytics"],
    ] as const) {
      expect(await stateOf(), `before ${id} has confirmed`).to.equal("awaiting_recipients");
      const notices = (await talk("GET", `/v1/recipients/${id}/notices`)).body.items as readonly {
        readonly id: string;
        readonly reason: string;
        readonly purpose: string;
      }[];
      const told = notices.find((n) => n.reason === "erased" && n.purpose === purpose);
      const made = await talk("POST", `/v1/recipients/${id}/keys`, { body: { name: "journey" } });
      const acked = await talk("POST", "/v1/acknowledgements", {
        key: String(made.body.secret),
        body: { notices: [told?.id] },
      });
      expect(acked.body.confirmed).to.equal(1);
    }
    await until("it is completed", async () => (await stateOf()) === "completed");
  });

  const isNobody = async () => {
    for (const [kind, value] of [
      ["email", person.email],
      ["member_id", person.card],
    ] as const)
      await talk("POST", "/v1/profiles/lookup?purpose=service", { body: { kind, value }, expect: [404] });
  };
  /** Of several files that name the person one is enough: what keeps it out does not look at files. */
  const importAgain = async (): Promise<string> => {
    const imported = await done("ingest", person.source, at(person.files[0] as string));
    expect(imported).to.match(/accepted +0\n/);
    return imported;
  };

  it("keeps the member out when the original till file comes again", async () => {
    const looked = await candor(env, ["profile", "email", person.email]);
    expect([looked.code, looked.err.includes("not-found")]).to.deep.equal([4, true]);
    expect(await importAgain()).to.match(/suppressed +first on line/);
    await isNobody();
  });

  it("is proven by its certificate alone, offline", async () => {
    const certificate = /^ {2}certificate (\S+)$/m.exec(await done("requests", "show", requestId))?.[1];
    await done("audit", "certificate", certificate as string, at("certificate.json"));
    const offline = { PATH: process.env.PATH ?? "" };
    const verified = await candor(offline, ["verify", at("certificate.json")]);
    expect(verified.code, verified.err + verified.out).to.equal(0);
    expect(verified.out).to.contain("A certificate of what was done: VERIFIED");
  });

  it("survives yesterday's backup: nobody can read the member, and the rows go again", async () => {
    await server.end("SIGTERM");
    const restored = await done("restore", at("backup"), "--replace");
    expect(restored).to.match(/Replayed [1-9]\d* erasure/);
    server = await serve(env);
    await isNobody();
    // Until the rows that came back are gone, those of the file are recognised as theirs: duplicates, and no more.
    await importAgain();
    await isNobody();
    await until("the rows are gone", async () => {
      const preview = await talk("GET", `/v1/members/${person.memberId}/erasure-preview`, {
        expect: [200, 404],
      });
      const left = (preview.body.holders ?? []) as readonly { treatment: string }[];
      return left.every((h) => h.treatment !== "erase");
    });
    expect(await importAgain()).to.match(/suppressed +first on line/);
    await isNobody();
  });
});
