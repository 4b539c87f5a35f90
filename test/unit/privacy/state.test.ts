import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { ANY_REQUEST_KINDS } from "../../../src/privacy/requests/kinds.ts";
import {
  ACTS,
  type ActKind,
  CLOSED,
  decideAct,
  OFFICER_DOORS,
  possibleActs,
  type RequestFacts,
  type RequestState,
  STATES,
} from "../../../src/privacy/requests/state.ts";

const NOW = new Date("2026-11-21T12:00:00Z");

const fresh: RequestFacts = {
  state: "received",
  kind: "erasure",
  needsIdentity: true,
  isVerified: false,
  hasMember: false,
  awaitsAuthority: false,
  awaitsDeclaration: false,
  confirmedAt: null,
  coolingUntil: null,
  isHeld: false,
  isPaused: false,
  hasFailed: false,
};

const aRequest: fc.Arbitrary<RequestFacts> = fc.record({
  state: fc.constantFrom(...STATES),
  kind: fc.constantFrom(...ANY_REQUEST_KINDS),
  needsIdentity: fc.boolean(),
  isVerified: fc.boolean(),
  hasMember: fc.boolean(),
  awaitsAuthority: fc.boolean(),
  awaitsDeclaration: fc.boolean(),
  confirmedAt: fc.constantFrom(null, new Date(NOW.getTime() - 1)),
  coolingUntil: fc.constantFrom(null, new Date(NOW.getTime() - 1), new Date(NOW.getTime() + 1)),
  isHeld: fc.boolean(),
  isPaused: fc.boolean(),
  hasFailed: fc.boolean(),
});

const preview = { approved: "f1", current: "f1" };

describe("the states of a request", () => {
  it("lead an erasure from its receipt to its end", () => {
    let request: RequestFacts = { ...fresh, hasMember: true };
    const walk = (kind: ActKind, more: Partial<RequestFacts> = {}): RequestState => {
      request = { ...request, ...more };
      const decision = decideAct(request, { kind, preview }, NOW);
      if (decision.kind === "refused") throw new Error(`${kind}: ${decision.reason}`);
      request = { ...request, state: decision.to };
      return decision.to;
    };
    expect(walk("acknowledge")).to.equal("acknowledged");
    expect(walk("ask-identity")).to.equal("identity_pending");
    expect(walk("verify")).to.equal("verified");
    expect(walk("assess", { isVerified: true })).to.equal("assessing");
    expect(walk("approve")).to.equal("awaiting_confirmation");
    expect(walk("confirm")).to.equal("awaiting_confirmation");
    expect(walk("cool-down", { confirmedAt: NOW, coolingUntil: NOW })).to.equal("approved");
    expect(walk("start")).to.equal("executing");
    expect(walk("await-recipients")).to.equal("awaiting_recipients");
    expect(walk("finish-with-exceptions")).to.equal("completed_with_exceptions");
  });

  it("answer every act in every state with a way or a reason, and never throw", () => {
    fc.assert(
      fc.property(aRequest, fc.constantFrom(...ACTS), (request, kind) => {
        const decision = decideAct(request, { kind, preview }, NOW);
        if (decision.kind === "refused") expect(decision.reason).to.match(/^[a-z-]+$/);
        else expect(STATES).to.include(decision.to);
        expect(possibleActs(request, NOW)).to.be.an("array");
      }),
      { numRuns: 300 },
    );
  });

  it("offer an officer nothing without a door", () => {
    const { paths } = JSON.parse(readFileSync(new URL("../../../openapi.json", import.meta.url), "utf8")) as {
      paths: Record<string, object>;
    };
    for (const [act, door] of Object.entries(OFFICER_DOORS))
      expect(paths[`/v1/dsr/{id}/${door}`], act).to.have.property("post");
    fc.assert(
      fc.property(aRequest, (request) => {
        for (const act of possibleActs(request, NOW)) expect(OFFICER_DOORS).to.have.property(act);
      }),
    );
  });

  it("never approve, erase or call a duplicate what nobody proved to be theirs", () => {
    fc.assert(
      fc.property(aRequest, (request) => {
        const unproven = { ...request, needsIdentity: true, isVerified: false };
        for (const kind of ["approve", "mark-duplicate", "assess"] as const)
          expect(decideAct(unproven, { kind, preview }, NOW).kind).to.equal("refused");
      }),
    );
  });

  it("never start an erasure without its second confirmation, its time to think, and while on hold", () => {
    fc.assert(
      fc.property(aRequest, (request) => {
        const cooled = decideAct(request, { kind: "cool-down" }, NOW);
        if (cooled.kind === "done") {
          expect(request.confirmedAt).to.not.equal(null);
          expect(request.coolingUntil === null || request.coolingUntil <= NOW).to.equal(true);
        }
        const started = decideAct(request, { kind: "start" }, NOW);
        if (started.kind === "done")
          expect([request.state, request.isHeld]).to.deep.equal(["approved", false]);
        const approved = decideAct({ ...request, kind: "erasure" }, { kind: "approve", preview }, NOW);
        if (approved.kind === "done") expect(approved.to).to.equal("awaiting_confirmation");
      }),
    );
  });

  it("keep what has ended, but for a refusal that an appeal opens again", () => {
    for (const state of CLOSED) {
      for (const kind of ACTS) {
        const decision = decideAct({ ...fresh, state, isVerified: true }, { kind, preview }, NOW);
        const opens = kind === "reopen" && (state === "denied" || state === "completed_with_exceptions");
        expect(decision.kind === "done", `${kind} in ${state}`).to.equal(opens);
        if (decision.kind === "refused") expect(decision.reason).to.equal("closed");
      }
    }
  });

  it("pin the approval of an erasure to the preview that was looked at", () => {
    const ready: RequestFacts = { ...fresh, state: "assessing", isVerified: true, hasMember: true };
    const approve = (given: { approved: string | null; current: string } | undefined) =>
      decideAct(ready, { kind: "approve", ...(given === undefined ? {} : { preview: given }) }, NOW);
    expect(approve(undefined)).to.deep.equal({ kind: "refused", reason: "preview-missing" });
    expect(approve({ approved: "a", current: "b" })).to.deep.equal({
      kind: "refused",
      reason: "preview-changed",
    });
    expect(decideAct({ ...ready, kind: "access" }, { kind: "approve" }, NOW)).to.deep.equal({
      kind: "done",
      to: "approved",
    });
    expect(decideAct({ ...ready, awaitsAuthority: true }, { kind: "approve", preview }, NOW)).to.include({
      reason: "proof-of-authority-missing",
    });
  });

  it("let nobody withdraw what is being carried out", () => {
    for (const state of ["executing", "awaiting_recipients"] as const)
      expect(decideAct({ ...fresh, state }, { kind: "withdraw" }, NOW)).to.deep.equal({
        kind: "refused",
        reason: "wrong-state",
      });
  });
});
