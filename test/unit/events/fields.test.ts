import { expect } from "chai";
import fc from "fast-check";
import {
  assemble,
  CATEGORIES,
  type CanonicalEvent,
  categoryOfTrait,
  isKnownEventName,
  isPlainTrait,
  partition,
  standardEventName,
  standardTrait,
} from "../../../src/events/index.ts";

type Content = Pick<CanonicalEvent, "type" | "name" | "traits" | "properties" | "context">;

function content(changes: Partial<Content>): Content {
  return { type: "track", name: "Product Viewed", traits: {}, properties: {}, context: {}, ...changes };
}

describe("partition: sealed by default", () => {
  it("keeps amounts, times, ids and quantities plain and seals what tells about a person", () => {
    const { plain, sealed } = partition(
      content({
        type: "order.completed",
        name: null,
        traits: {
          firstName: "Mei",
          email: "mei@example.com",
          joinedAt: "2020-01-31",
          ageBand: "30-39",
          city: "Tainan",
        },
        properties: {
          order_id: "O-1",
          total: 99.5,
          currency: "TWD",
          store_id: "S1",
          cashier_id: "c7",
          member_card: "M1",
        },
        context: {
          ip: "192.0.2.1",
          locale: "zh-TW",
          library: { name: "analytics-node", version: "3.1.0" },
          location: { city: "x" },
        },
      }),
    );
    expect(plain).to.deep.equal({
      traits: { joinedAt: "2020-01-31", ageBand: "30-39" },
      properties: { order_id: "O-1", total: 99.5, currency: "TWD", store_id: "S1" },
      context: { locale: "zh-TW", library: { name: "analytics-node", version: "3.1.0" } },
    });
    expect(Object.fromEntries(sealed)).to.deep.equal({
      identity: { traits: { firstName: "Mei" }, properties: { member_card: "M1" } },
      contact: { traits: { email: "mei@example.com" } },
      location: { traits: { city: "Tainan" }, context: { location: { city: "x" } } },
      transaction: { properties: { cashier_id: "c7" } },
      online: { context: { ip: "192.0.2.1" } },
    });
  });

  it("splits every product of a list, and keeps their places", () => {
    const products = [
      { product_id: "p1", name: "Tea", price: 3 },
      { price: 4 },
      { name: "Cup", gift_note: "for Mei" },
    ];
    const { plain, sealed } = partition(content({ properties: { products } }));
    expect(plain).to.deep.equal({
      properties: { products: [{ product_id: "p1", price: 3 }, { price: 4 }, {}] },
    });
    expect(sealed.get("transaction")).to.deep.equal({
      properties: { products: [{ name: "Tea" }, {}, { name: "Cup" }] },
    });
    expect(sealed.get("unclassified")).to.deep.equal({
      properties: { products: [{}, {}, { gift_note: "for Mei" }] },
    });
  });

  it("seals a value that does not match its plain schema, under the field's own category", () => {
    const properties = {
      order_id: "mei@example.com",
      receipt_no: "12 High Street",
      till_id: "x".repeat(65),
      total: "call 0912",
      currency: "dollars",
      store_id: { name: "Mei" },
      quantity: [1],
      products: "none",
    };
    const { plain, sealed } = partition(content({ properties }));
    expect(plain).to.deep.equal({});
    expect(sealed.get("transaction")).to.deep.equal({ properties });
  });

  it("seals ids and classes that are written as an address, a telephone number or a long number is", () => {
    for (const text of [
      "0912345678",
      "0912-345-678",
      "13912345678",
      "86-13912345678",
      "886912345678",
      "555-123-4567",
      "０９１２３４５６７８",
      "mei@mail.example",
      "x".repeat(65),
    ]) {
      const properties = { product_id: text, store_id: text, products: [{ sku: text, category: text }] };
      const { plain } = partition(content({ properties }));
      expect(plain, text).to.deep.equal({ properties: { products: [{}] } });
    }
    for (const category of ["for 0912 345 678", "+886 912 345 678", "gift 12345678", "mei@mail.example"])
      for (const type of ["page", "track"] as const)
        expect(
          partition(content({ type, name: "Product Viewed", properties: { category } })).plain,
          category,
        ).to.deep.equal({});
    expect(partition(content({ properties: { product_id: 13_912_345_678 } })).plain).to.deep.equal({});
  });

  it("leaves codes, barcodes and classes of goods readable", () => {
    for (const id of ["SKU-1", "4006381333931", "12345678", "A.12/3", "茶壺-12", 4_006_381_333_931, "S001"]) {
      const properties = { product_id: id, store_id: id };
      expect(partition(content({ properties })).plain, String(id)).to.deep.equal({ properties });
    }
    for (const category of ["Tea & coffee", "Women's shoes (36-42)", "茶葉", "Toys, ages 3-6", "Season 2026"])
      expect(partition(content({ properties: { category } })).plain, category).to.deep.equal({
        properties: { category },
      });
  });

  it("seals whatever nobody has mapped as unclassified, deep structures and all", () => {
    const properties = { shoe_size: 39, note: { a: [{ total: 5 }] }, name: "whose?" };
    const { plain, sealed } = partition(content({ name: "Form Sent", properties }));
    expect(plain).to.deep.equal({});
    expect(sealed.get("unclassified")).to.deep.equal({ properties, name: "Form Sent" });
  });

  it("reads a name by what happened: a product's, a page's, or nobody knows whose", () => {
    const where = (changes: Partial<Content>) =>
      [...partition(content({ ...changes, properties: { name: "x" } })).sealed.keys()][0];
    expect(where({})).to.equal("transaction");
    expect(where({ type: "page", name: null })).to.equal("online");
    expect(where({ name: "Mei said hello" })).to.equal("unclassified");
    expect(where({ type: "social.message", name: null })).to.equal("unclassified");
  });

  it("seals a track's own name but not a known one", () => {
    expect(partition(content({ name: "Order Completed" })).sealed.size).to.equal(0);
    expect(partition(content({ name: "Mei bought a ring" })).sealed.get("unclassified")).to.deep.equal({
      name: "Mei bought a ring",
    });
  });

  it("keeps an answer's score plain, 0 included, and seals its comment as survey", () => {
    const properties = {
      question_kind: "nps",
      score: 0,
      scale_min: 0,
      scale_max: 10,
      comment: "never again",
    };
    const { plain, sealed } = partition(content({ type: "survey.answered", name: null, properties }));
    expect(plain).to.deep.equal({
      properties: { question_kind: "nps", score: 0, scale_min: 0, scale_max: 10 },
    });
    expect(Object.fromEntries(sealed)).to.deep.equal({ survey: { properties: { comment: "never again" } } });
  });

  it("seals messages and places of social accounts by category", () => {
    const properties = { text: "hi", latitude: 25.04, message_type: "text", is_unblocked: true };
    const { plain, sealed } = partition(content({ type: "social.message", name: null, properties }));
    expect(plain).to.deep.equal({ properties: { is_unblocked: true } });
    expect(Object.fromEntries(sealed)).to.deep.equal({
      social: { properties: { text: "hi", message_type: "text" } },
      location: { properties: { latitude: 25.04 } },
    });
  });

  it("is unharmed by names that steer objects", () => {
    const traits = JSON.parse(
      '{"__proto__":{"admin":true},"constructor":"x","toString":"y","hasOwnProperty":1}',
    );
    const { sealed } = partition(content({ traits }));
    expect(Object.keys(sealed.get("unclassified")?.traits as object).sort()).to.deep.equal([
      "constructor",
      "hasOwnProperty",
      "toString",
    ]);
    expect("admin" in {}).to.equal(false);
  });

  it("never lets free text through: whatever the field, a sentence or an address is sealed", () => {
    const names = [
      "order_id",
      "store_id",
      "total",
      "currency",
      "sku",
      "score",
      "question_kind",
      "joinedAt",
      "tier",
      "country",
      "region",
      "locale",
      "ageBand",
      "channel",
      "rating",
      "answered_at",
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.constantFrom(
          "mei@example.com",
          "Mei Lin Wang",
          "王小美 台北市",
          "12 High Street, Flat 3",
          "+886 912 345 678",
        ),
        (name, text) => {
          const event = content({
            traits: { [name]: text },
            properties: { [name]: text },
            context: { [name]: text },
          });
          expect(JSON.stringify(partition(event).plain)).to.equal("{}");
        },
      ),
    );
  });

  it("loses nothing: plain and sealed laid over one another give the event back", () => {
    const fields = fc.dictionary(
      fc.constantFrom(
        "email",
        "total",
        "order_id",
        "products",
        "tender",
        "library",
        "traits",
        "joinedAt",
        "zzz",
        "ip",
        "constructor",
        "name",
      ),
      fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        fc.constantFrom<unknown>(12.5, "O-1", [], {}, [{}], [{ price: 1, name: "x", zz: [{}] }, {}], {
          name: "sdk",
          version: "1.0.0",
          x: 1,
        }),
      ),
    );
    fc.assert(
      fc.property(
        fields,
        fields,
        fields,
        fc.constantFrom("Sale", "Mei's own"),
        (traits, properties, context, name) => {
          const event = JSON.parse(
            JSON.stringify({ type: "track", name, traits, properties, context }),
          ) as Content;
          const { plain, sealed } = partition(event);
          const back = assemble(plain, sealed);
          expect(back.traits).to.deep.equal(event.traits);
          expect(back.properties).to.deep.equal(event.properties);
          expect(back.context).to.deep.equal(event.context);
          expect(back.name).to.equal(name === "Sale" ? null : name);
          for (const category of sealed.keys()) expect(CATEGORIES).to.include(category);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("shows a reader only the categories that were opened", () => {
    const { plain, sealed } = partition(
      content({ traits: { email: "a@b.c", firstName: "Mei" }, properties: { total: 5 } }),
    );
    sealed.delete("contact");
    expect(assemble(plain, sealed)).to.deep.equal({
      name: null,
      traits: { firstName: "Mei" },
      properties: { total: 5 },
      context: {},
    });
  });
});

describe("names of traits and events", () => {
  it("knows a trait under its many spellings", () => {
    for (const name of ["firstName", "first_name", "FirstName", "first-name", "given_name", "First Name"]) {
      expect(standardTrait(name), name).to.equal("firstName");
    }
    expect(standardTrait("mobile")).to.equal("phone");
    expect(standardTrait("member_id")).to.equal("memberCard");
    expect(standardTrait("shoe_size")).to.equal("shoe_size");
    expect(standardTrait("constructor")).to.equal("constructor");
  });

  it("gives every trait a category, and the unknown ones unclassified", () => {
    expect(categoryOfTrait("email")).to.equal("contact");
    expect(categoryOfTrait("date_of_birth")).to.equal("demographic");
    expect(categoryOfTrait("shoe_size")).to.equal("unclassified");
    expect(isPlainTrait("country", "TW")).to.equal(true);
    expect(isPlainTrait("country", "Taiwan")).to.equal(false);
    expect(isPlainTrait("email", "a@b.c")).to.equal(false);
  });

  it("knows events of the e-commerce specification by their old names and any case", () => {
    expect(standardEventName("Completed Order")).to.equal("Order Completed");
    expect(standardEventName("order_completed")).to.equal("Order Completed");
    expect(standardEventName("OrderCompleted")).to.equal("Order Completed");
    expect(standardEventName("ORDER CANCELED")).to.equal("Order Cancelled");
    expect(standardEventName("Viewed Product Category")).to.equal("Product List Viewed");
    expect(isKnownEventName("Survey Answered")).to.equal(true);
  });

  it("does not take a name for known because a known one hides in it", () => {
    for (const name of ["Sale 王小美", "Sale: Mei", "Return to mei@example.com", "constructor", ""]) {
      expect(isKnownEventName(name), name).to.equal(false);
    }
  });
});
