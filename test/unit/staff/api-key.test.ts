import { expect } from "chai";
import {
  hashSecret,
  isFirstUseOfDay,
  isUsable,
  looksLikeSecret,
  newSecret,
  sameSecret,
} from "../../../src/staff/api-key.ts";

const at = new Date("2026-11-21T10:00:00Z");
const later = new Date("2026-11-21T10:00:01Z");

describe("API keys", () => {
  it("have secrets of 256 bits that differ", () => {
    const secrets = Array.from({ length: 50 }, () => newSecret());
    expect(new Set(secrets).size).to.equal(50);
    for (const secret of secrets) expect(looksLikeSecret(secret)).to.equal(true);
    expect(Buffer.from((secrets[0] as string).slice(3), "base64url")).to.have.length(32);
  });

  it("are compared whole", () => {
    expect(sameSecret("abc", "abc")).to.equal(true);
    expect(sameSecret("abc", "abcd")).to.equal(false);
    expect(hashSecret("abc")).to.have.length(32);
  });

  it("open doors until they end or expire, and not at that very moment", () => {
    expect(isUsable({ expiresAt: null, endedAt: null }, at)).to.equal(true);
    expect(isUsable({ expiresAt: later, endedAt: null }, at)).to.equal(true);
    expect(isUsable({ expiresAt: at, endedAt: null }, at)).to.equal(false);
    expect(isUsable({ expiresAt: null, endedAt: at }, at)).to.equal(false);
    expect(isUsable({ expiresAt: null, endedAt: later }, at)).to.equal(true);
  });

  it("note their use once a day", () => {
    expect(isFirstUseOfDay({ lastUsed: null }, at)).to.equal(true);
    expect(isFirstUseOfDay({ lastUsed: new Date("2026-11-21T00:00:00Z") }, at)).to.equal(false);
    expect(isFirstUseOfDay({ lastUsed: new Date("2026-11-20T00:00:00Z") }, at)).to.equal(true);
  });
});
