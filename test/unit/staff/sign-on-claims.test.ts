import { expect } from "chai";
import { identityFrom, wantsMoreThan } from "../../../src/staff/sign-on-claims.ts";

const MAPPING = {
  roleClaim: "realm.roles",
  roles: [
    { value: "boss", role: "admin" },
    { value: "desk", role: "store" },
  ],
  storeClaim: "shops",
} as const;
const base = { iss: "https://login.example", sub: "1" };

describe("the claims of an OpenID provider", () => {
  it("name an address only when the provider says, by true itself, that it verified it", () => {
    const read = (email_verified: unknown) =>
      identityFrom({ ...base, email: "a@b.example", email_verified }, MAPPING).verifiedEmail;
    expect(read(true)).to.equal("a@b.example");
    for (const value of ["true", 1, undefined, false]) expect(read(value)).to.equal(null);
  });

  it("give the first role of the settings' order that they hold, from a text, a list or a claim within another", () => {
    const roleOf = (claims: object) => identityFrom({ ...base, ...claims }, MAPPING).role;
    expect(roleOf({ realm: { roles: ["desk", "boss"] } })).to.equal("admin");
    expect(roleOf({ "realm.roles": "desk" })).to.equal("store");
    for (const claims of [
      {},
      { realm: { roles: ["guest", 7] } },
      { realm: "boss" },
      { realm: { roles: {} } },
    ])
      expect(roleOf(claims), JSON.stringify(claims)).to.equal(null);
  });

  it("leave role and shops alone where no claim decides over them", () => {
    const free = { roleClaim: null, roles: [], storeClaim: null };
    const { role, stores } = identityFrom({ ...base, groups: ["boss"], shops: ["S1"] }, free);
    expect([role, stores]).to.deep.equal([undefined, undefined]);
    expect(wantsMoreThan({ email: "a@b.example", email_verified: true }, free)).to.equal(false);
    expect(wantsMoreThan({ email: "a@b.example", email_verified: true }, MAPPING)).to.equal(true);
  });

  it("keep shops within what an account may hold", () => {
    const shops = ["", "x".repeat(101), ...Array.from({ length: 300 }, (_, i) => `S${i}`)];
    const { stores } = identityFrom({ ...base, shops }, MAPPING);
    expect(stores?.length).to.equal(200);
    expect(stores?.[0]).to.equal("S0");
  });
});
