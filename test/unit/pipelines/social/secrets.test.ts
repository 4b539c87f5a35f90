import { expect } from "chai";
import { PLATFORMS, type Platform } from "../../../../pipelines/adapter.ts";
import { validateSecrets } from "../../../../pipelines/sources/social/index.ts";
import { AES_KEY, SECRETS, SECURE_WECHAT } from "./fixtures.ts";

function problemsOf(platform: Platform, value: unknown): string[] {
  const result = validateSecrets(platform, value);
  return result.kind === "ok" ? [] : result.errors.map((e) => `${e.path} ${e.code}`);
}

describe("Webhook secrets", () => {
  it("of each platform are accepted in their form", () => {
    for (const platform of PLATFORMS) {
      expect(validateSecrets(platform, SECRETS[platform])).to.deep.equal({
        kind: "ok",
        secrets: SECRETS[platform],
      });
    }
    expect(problemsOf("wechat", SECURE_WECHAT)).to.deep.equal([]);
  });

  it("that are missing or malformed are named, one by one", () => {
    expect(problemsOf("wechat", {})).to.deep.equal([
      "/secrets/appId missing-field",
      "/secrets/token missing-field",
    ]);
    expect(
      problemsOf("wechat", { appId: "wx1", token: "t", encodingAesKey: AES_KEY.slice(1) }),
    ).to.deep.equal(["/secrets/encodingAesKey invalid-field"]);
    expect(problemsOf("weibo", { appSecret: "" })).to.deep.equal(["/secrets/appSecret invalid-field"]);
    expect(problemsOf("line", { channelSecret: "with space" })).to.deep.equal([
      "/secrets/channelSecret invalid-field",
    ]);
    expect(problemsOf("meta", { appSecret: 5, verifyToken: "v" })).to.deep.equal([
      "/secrets/appSecret invalid-field",
    ]);
    expect(problemsOf("line", { ...SECRETS.line, token: "x" })).to.deep.equal(["/secrets unknown-field"]);
    for (const nothing of [undefined, null, "secret", [], 3]) {
      expect(problemsOf("meta", nothing)).to.deep.equal(["/secrets invalid-field"]);
    }
  });

  it("are never repeated in a problem, neither as value nor as name", () => {
    const canary = "canary 4711 secret";
    for (const platform of PLATFORMS) {
      const wrong = {
        appId: canary,
        token: canary,
        appSecret: canary,
        channelSecret: canary,
        [canary]: canary,
      };
      for (const value of [wrong, canary, [canary]]) {
        expect(JSON.stringify(validateSecrets(platform, value))).to.not.contain("4711");
      }
    }
  });
});
