import { expect } from "chai";
import { fixedClock, HOUR } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { CONTROLLER, joinMember, letters } from "../privacy/people.ts";

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly failedStep: string | null;
  readonly runId: string;
  readonly certificateId: string | null;
  readonly possibleActs: readonly string[];
  readonly history: readonly { readonly act: string; readonly code: string | null }[];
  readonly progress: {
    readonly state: string;
    readonly steps: readonly { step: string; state: string; failure: string | null; attempts: number }[];
  };
}

describe("a step that cannot succeed", () => {
  const clock = fixedClock("2026-11-02T09:00:00Z");
  let broken: string | null = null;
  let server: TestServer;
  before(async () => {
    server = await startTestServer("failed-step", {
      clock,
      fault: (point) => {
        if (point === broken) throw Object.assign(new Error("no"), { code: "XX001" });
      },
    });
    await server.call("PUT", "/v1/controller", { body: CONTROLLER });
  });
  after(() => server.close());

  const show = async (id: string) => (await server.call<Shown>("GET", `/v1/dsr/${id}`)).body;
  const work = () => server.candor.fulfil.work();
  /** Lets the time of so many attempts pass. */
  const attempts = async (n: number, pause = 301_000): Promise<void> => {
    for (let i = 0; i < n; i++) {
      await work();
      clock.advance(pause);
    }
  };
  const join = (number: string) =>
    joinMember(server, { number, email: `${number.toLowerCase()}@members.example` });
  const begin = async (kind: "erasure" | "access", number: string, member?: string): Promise<string> => {
    const email = `${number.toLowerCase()}@members.example`;
    const memberId = member ?? (await join(number));
    const filed = await server.call<Shown>("POST", "/v1/dsr", {
      body: {
        kind,
        memberId,
        contact: { kind: "email", value: email },
        country: "IE",
        identity: { method: "in-person" },
        ...(kind === "access"
          ? { delivery: { kind: "passphrase", passphrase: "a long enough passphrase" } }
          : {}),
      },
    });
    const { id } = filed.body;
    if (kind === "access") {
      await server.call("POST", `/v1/dsr/${id}/approve`, { body: {} });
      return id;
    }
    const { fingerprint } = (await server.call<{ fingerprint: string }>("GET", `/v1/dsr/${id}/preview`)).body;
    await server.call("POST", `/v1/dsr/${id}/approve`, { body: { fingerprint } });
    await server.call("POST", `/v1/dsr/${id}/confirm`, { body: { note: "At the counter", atOnce: true } });
    return id;
  };

  it("is tried twelve times, then shown with its reason, told to the officer, and goes on by hand", async () => {
    broken = "within rows";
    const id = await begin("erasure", "F-1");
    await attempts(11);
    let shown = await show(id);
    expect([shown.state, shown.failedStep], "not given up yet").to.deep.equal(["executing", null]);
    await attempts(1);
    shown = await show(id);
    expect([shown.state, shown.failedStep, shown.progress.state]).to.deep.equal([
      "executing",
      "rows",
      "failed",
    ]);
    expect(shown.progress.steps.find((s) => s.step === "rows")).to.include({
      state: "failed",
      failure: "store-XX001",
      attempts: 12,
    });
    expect(shown.possibleActs).to.include("retry");
    expect(shown.history.at(-1)).to.include({ act: "fail", code: "rows: store-XX001" });
    const [letter] = await letters(server, "request-failed");
    expect(letter?.to).to.equal(CONTROLLER.email);
    expect(letter?.text).to.contain(`candor requests retry ${id}`).and.contain("rows");

    const listed = await server.call<{ runs: { requestId: string; failure: string }[] }>(
      "GET",
      "/v1/privacy/runs?state=failed",
    );
    expect(listed.body.runs.map((r) => [r.requestId, r.failure])).to.deep.equal([[id, "store-XX001"]]);

    broken = null;
    const retried = await server.call<Shown>("POST", `/v1/dsr/${id}/retry`);
    expect(retried.body.failedStep).to.equal(null);
    await work();
    shown = await show(id);
    expect([shown.state, shown.failedStep, shown.progress.state]).to.deep.equal([
      "completed",
      null,
      "completed",
    ]);
    expect((await server.call("POST", `/v1/dsr/${id}/retry`)).status, "nothing left to retry").to.equal(409);
  });

  it("is tried once an hour for a day, succeeds by itself when the cause is gone, and then says so no more", async () => {
    broken = "before destroy-keys";
    const id = await begin("erasure", "F-2");
    await attempts(12);
    expect((await show(id)).failedStep).to.equal("destroy-keys");
    await attempts(1);
    await attempts(3, HOUR);
    expect((await letters(server, "request-failed")).length, "told once for each request").to.equal(2);
    broken = null;
    await work();
    const shown = await show(id);
    expect([shown.state, shown.failedStep]).to.deep.equal(["completed", null]);
    expect(shown.history.map((h) => h.act)).to.include.members(["fail", "retry"]);
  });

  it("is left alone after that day, until somebody tries it through the door of runs", async () => {
    broken = "before collect";
    const id = await begin("access", "F-3");
    await attempts(12);
    await attempts(30, HOUR);
    const { runId, progress, failedStep } = await show(id);
    expect(failedStep).to.equal("collect");
    expect(progress.steps[0]?.attempts, "twelve and a day of hours").to.equal(36);
    broken = null;
    expect(await work(), "nothing moves by itself").to.equal(0);
    expect((await server.call("POST", `/v1/privacy/runs/${runId}/retry`)).status).to.equal(200);
    await work();
    expect((await show(id)).state).to.equal("completed");
    expect((await server.call("POST", `/v1/privacy/runs/${runId}/retry`)).status).to.equal(409);
  });

  it("ends without a package, and says so, when its person has been erased meanwhile", async () => {
    const member = await join("F-4");
    broken = "before collect";
    const asked = await begin("access", "F-4", member);
    await attempts(1, 0);
    broken = null;
    const erased = await begin("erasure", "F-4", member);
    // The erasure goes first: the package waits for its next attempt.
    await work();
    expect((await show(erased)).state).to.equal("completed");
    clock.advance(1_000);
    await work();
    const shown = await show(asked);
    expect([shown.state, shown.progress.state]).to.deep.equal([
      "completed_with_exceptions",
      "completed-with-exceptions",
    ]);
    const mine = (template: string) =>
      letters(server, template).then((all) => all.filter((l) => l.to.startsWith("f-4@")));
    expect(await mine("request-ready")).to.deep.equal([]);
    expect(await mine("request-lapsed")).to.have.length(1);
    const { body } = await server.call<{ certificate: { exceptions: { code: string }[] } }>(
      "GET",
      `/v1/certificates/${shown.certificateId}`,
    );
    expect(body.certificate.exceptions.map((e) => e.code)).to.deep.equal(["erased-meanwhile"]);
  });
});
