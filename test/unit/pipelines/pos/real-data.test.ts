import { createReadStream } from "node:fs";
import { expect } from "chai";
import type { SourceSettings } from "../../../../pipelines/adapter.ts";
import type { FileItem } from "../../../../pipelines/files/file-items.ts";
import { previewFile, readFileItems } from "../../../../pipelines/files/index.ts";
import type { FileMapping } from "../../../../pipelines/mapping/index.ts";
import {
  arrival,
  aSource,
  collect,
  deps,
  eventOf,
  hasRealData,
  REAL_DATA,
  rejectedOf,
} from "../files/builders.ts";

async function itemsOfFile(
  path: string,
  mapping: FileMapping | null,
  source: SourceSettings,
): Promise<FileItem[]> {
  const reading = await readFileItems(
    createReadStream(`${REAL_DATA}${path}`),
    source,
    mapping,
    arrival,
    deps,
  );
  return collect(reading.items);
}

const members = aSource({ kind: "members", currency: null });

describe("real files", function () {
  this.timeout(120_000);
  before(function () {
    if (hasRealData) return;
    process.stderr.write("    skipped: the real data sets are not beside the checkout (shared/data)\n");
    this.skip();
  });

  it("CDNOW: 69,659 purchases, exact to the cent, its 255 exact duplicates kept as purchases of their own", async () => {
    const mapping: FileMapping = {
      separator: " ",
      fields: {
        memberCard: "customer_id",
        occurredAt: { column: "date", format: "yyyyMMdd" },
        quantity: "number_of_cds",
        amount: "dollar_value",
      },
    };
    const source = aSource({ currency: "USD", timeZone: "America/New_York" });
    const reading = await readFileItems(
      createReadStream(`${REAL_DATA}pos/cdnow/CDNOW_master.txt`),
      source,
      mapping,
      arrival,
      deps,
    );
    const ids = new Set<string>();
    const members = new Set<string>();
    let total = 0;
    let again = 0;
    let rows = 0;
    for await (const item of reading.items) {
      const event = eventOf(item);
      rows += 1;
      ids.add(event.messageId);
      members.add(event.identifiers[0]?.value ?? "");
      total += event.order?.totalMinor ?? 0;
      if (item.raw.occurrence > 1) again += 1;
    }
    expect({ rows, ids: ids.size, members: members.size, total, again }).to.deep.equal({
      rows: 69_659,
      ids: 69_659,
      members: 23_570,
      total: 250_031_563,
      again: 255,
    });
  });

  it("Online Retail, one day: sales, returns by invoices that begin with C, and lines that name nobody", async () => {
    const mapping: FileMapping = {
      dateFormats: ["yyyy-MM-dd HH:mm:ss"],
      fields: {
        memberCard: "CustomerID",
        occurredAt: "InvoiceDate",
        receiptNo: "InvoiceNo",
        productId: "StockCode",
        productName: "Description",
        quantity: "Quantity",
        unitPrice: "UnitPrice",
        country: "Country",
      },
      return: { when: { column: "InvoiceNo", matches: "^C\\d" } },
    };
    const source = aSource({ currency: "GBP", timeZone: "Europe/London" });
    const items = await itemsOfFile("pos/online-retail/2010-12-01.csv", mapping, source);
    const codes = new Map<string, number>();
    let returns = 0;
    let total = 0;
    for (const { item } of items) {
      if (item.kind === "rejected") codes.set(item.rejection.code, (codes.get(item.rejection.code) ?? 0) + 1);
      else {
        total += item.event.order?.totalMinor ?? 0;
        expect(item.event.identifiers[0]?.value).to.match(/^\d{5}$/);
        if (item.event.type === "order.refunded") {
          returns += 1;
          expect(item.event.order?.totalMinor).to.be.at.most(0);
        }
      }
    }
    expect(items).to.have.length(3_108);
    expect([...codes]).to.deep.equal([["missing-identifier", 1_140]]);
    expect(returns).to.equal(26);
    expect(total).to.equal(4_605_126);
    const ids = items.flatMap(({ item }) => (item.kind === "event" ? [item.event.messageId] : []));
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("Unomi: lists without header, upserts, a delete flag, rows without e-mail, quoted separators", async () => {
    const basic = await itemsOfFile(
      "web/unomi/1-basic-test.csv",
      {
        columns: ["email", "firstName", "lastName", "city"],
        fields: { email: "email", firstName: "firstName", lastName: "lastName", city: "city" },
      },
      members,
    );
    expect(basic.map((i) => eventOf(i).traits.firstName)).to.deep.equal(["Basic1", "Basic2", "Basic3"]);

    const surfers: FileMapping = {
      fields: { lastName: "Last Name", email: "Email", gender: "Gender", city: "City", deleted: "To Delete" },
      identifiers: [
        { kind: "linkedin_id", column: "Linkedin ID" },
        { kind: "facebook_id", column: "Facebook ID" },
      ],
    };
    const list = (await itemsOfFile("web/unomi/2-surfers-test.csv", surfers, members)).map(eventOf);
    expect(list).to.have.length(36);
    expect(list.filter((e) => e.type === "member.deleted")).to.have.length(2);
    expect(list.filter((e) => e.identifiers.some((i) => i.kind === "email"))).to.have.length(17);
    const gone = (await itemsOfFile("web/unomi/4-surfers-delete-test.csv", surfers, members)).map(eventOf);
    expect(gone.every((e) => e.type === "member.deleted")).to.equal(true);

    const renamed = await itemsOfFile("web/unomi/3-surfers-overwrite-test.csv", surfers, members);
    expect(new Set(Object.values(rejectedOf(renamed)))).to.deep.equal(new Set(["column-missing"]));
    expect(Object.keys(rejectedOf(renamed))).to.have.length(36);

    const actors = (
      await itemsOfFile(
        "web/unomi/6-actors-test.csv",
        { fields: { email: "email", name: "Last name" } },
        members,
      )
    ).map(eventOf);
    expect(actors[3]?.traits.name).to.equal("Jeanne; D'arc");
    expect(actors[0]?.properties["unmapped.Movie genres"]).to.equal("[Horror;Action]");
    const ranking = await itemsOfFile(
      "web/unomi/5-ranking-test.csv",
      { fields: { name: "Name" }, identifiers: [{ kind: "uci_id", column: "UCI ID" }] },
      members,
    );
    expect(ranking.map(eventOf)).to.have.length(25);
  });

  it("Dittofeed: every bad row is explained", async () => {
    const codesOf = async (file: string, mapping: FileMapping | null = null) =>
      rejectedOf(await itemsOfFile(`web/dittofeed/${file}`, mapping, members));
    expect(await codesOf("users.csv")).to.deep.equal({});
    expect(await codesOf("missing-email-users.csv")).to.deep.equal({});
    expect(await codesOf("subscription-group-actions.csv")).to.deep.equal({ 6: "wrong-column-count" });
    expect(await codesOf("missing-some-identifiers.csv")).to.deep.equal({ 2: "missing-identifier" });
    expect(await codesOf("missing-identifiers.csv")).to.deep.equal(
      Object.fromEntries([2, 3, 4, 5, 6].map((line) => [line, "missing-identifier"])),
    );
    const named: FileMapping = { fields: { userId: "id", email: "email" } };
    expect(await codesOf("missing-headers-users.csv", named)).to.deep.equal(
      Object.fromEntries([2, 3, 4, 5].map((line) => [line, "column-missing"])),
    );
    const stated: FileMapping = {
      columns: ["id", "email", "first", "last"],
      fields: { userId: "id", email: "email" },
    };
    expect(await codesOf("missing-headers-users.csv", stated)).to.deep.equal({});
  });

  it("Grouparoo: users as identify, purchases as sales of a stated day", async () => {
    const web = aSource({ kind: "web", currency: "USD" });
    const users = await itemsOfFile(
      "web/grouparoo/users.csv",
      {
        event: "identify",
        fields: {
          userId: "id",
          email: "email",
          firstName: "first_name",
          lastName: "last_name",
          gender: "gender",
          language: "language",
        },
      },
      web,
    );
    expect(users.map(eventOf).every((e) => e.type === "identify")).to.equal(true);
    expect(users).to.have.length(1_000);
    const purchases = await itemsOfFile(
      "web/grouparoo/purchases.csv",
      {
        event: "sale",
        fields: {
          userId: "user_id",
          orderId: "id",
          productId: "item",
          category: "category",
          amount: "price",
          occurredAt: { const: "2021-01-01" },
        },
        skip: [{ when: { column: "state", equals: "failed" }, reason: "the payment failed" }],
      },
      web,
    );
    expect(purchases).to.have.length(1_000);
    expect(new Set(Object.values(rejectedOf(purchases)))).to.deep.equal(new Set(["skipped-by-mapping"]));
  });

  it("febrl: a composed key from birth date, surname and postcode where all three are there", async () => {
    const items = await itemsOfFile(
      "identity/febrl/febrl1.csv",
      {
        fields: {
          firstName: "given_name",
          lastName: "surname",
          birthday: "date_of_birth",
          postcode: "postcode",
        },
        identifiers: [{ kind: "birth_name_postcode", columns: ["date_of_birth", "surname", "postcode"] }],
      },
      members,
    );
    expect(items).to.have.length(1_000);
    expect(new Set(Object.values(rejectedOf(items)))).to.deep.equal(new Set(["missing-identifier"]));
  });

  it("a preview of Online Retail finds its columns by name", async () => {
    const preview = await previewFile(
      createReadStream(`${REAL_DATA}pos/online-retail/2010-12-01.csv`),
      aSource({ currency: "GBP" }),
      null,
      arrival,
      deps,
    );
    expect(preview.unmappedColumns).to.deep.equal([]);
    expect(preview.problems.map((p) => [p.code, p.count])).to.deep.equal([["missing-identifier", 1_140]]);
  });
});
