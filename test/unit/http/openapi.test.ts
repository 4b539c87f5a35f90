import { expect } from "chai";
import { Type } from "typebox";
import { auditRoutes } from "../../../src/audit/index.ts";
import type { Db } from "../../../src/db/index.ts";
import { buildOpenApi } from "../../../src/http/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { PROBLEMS } from "../../../src/kernel/problems.ts";
import { type Route, route } from "../../../src/kernel/route.ts";
import { staffRoutes } from "../../../src/staff/index.ts";

const db = {} as Db;
const routes: Route[] = [
  ...auditRoutes({ db }),
  ...staffRoutes({ db, clock: fixedClock("2026-11-21"), ids: uuidIds, keys: { forget() {} } }),
  route({
    method: "POST",
    path: "/v1/sources/:id/files",
    operationId: "ingestFile",
    summary: "Send a file.",
    tag: "ingest",
    auth: { kind: "write-key" },
    idempotent: true,
    query: Type.Object({ preview: Type.Optional(Type.Boolean({ description: "Write nothing." })) }),
    responses: { 200: { describe: "Counts.", schema: Type.Object({ accepted: Type.Integer() }) } },
    handle: async () => ({ status: 200 }),
  }),
];

interface Document {
  readonly paths: Record<string, Record<string, Record<string, unknown>>>;
  readonly components: { schemas: { Problem: { properties: { code: { enum: string[] } } } } };
}

describe("OpenAPI", () => {
  const document = buildOpenApi(routes, { version: "1.2.3" }) as Document;

  it("describes paths, parameters, bodies, security and answers of every route", () => {
    const operation = document.paths["/v1/sources/{id}/files"]?.post;
    expect(operation?.operationId).to.equal("ingestFile");
    expect(operation?.parameters).to.deep.include({
      name: "id",
      in: "path",
      required: true,
      schema: { type: "string" },
    });
    expect(operation?.parameters).to.deep.include({
      name: "preview",
      in: "query",
      required: false,
      description: "Write nothing.",
      schema: { type: "boolean" },
    });
    expect(JSON.stringify(operation?.parameters)).to.contain('"name":"Idempotency-Key","in":"header"');
    expect(operation?.security).to.deep.include({ writeKeyBasic: [] });
    expect(operation?.responses).to.include.keys("200", "400", "401", "403", "409", "default");
    const create = document.paths["/v1/keys"]?.post;
    expect(create?.requestBody).to.have.nested.property("content.application/json.schema.properties.role");
    expect(create?.security).to.deep.equal([{ apiKey: [] }, { session: [] }]);
  });

  it("lists every problem code there is", () => {
    expect(document.components.schemas.Problem.properties.code.enum).to.have.members(Object.keys(PROBLEMS));
  });

  it("is the same whatever the order of routes, and plain JSON", () => {
    const other = buildOpenApi([...routes].reverse(), { version: "1.2.3" });
    expect(JSON.stringify(other)).to.equal(JSON.stringify(document));
    expect(JSON.parse(JSON.stringify(document))).to.deep.equal(document);
  });

  it("refuses two routes of one name", () => {
    expect(() => buildOpenApi([...routes, routes[0] as Route], { version: "1" })).to.throw(/listAudit/);
  });

  it("resolves every reference it makes", () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((m) => m[1] as string);
    expect(refs.length).to.be.greaterThan(0);
    for (const ref of refs) expect(document).to.have.nested.property(ref.replaceAll("/", "."));
  });
});
