import { expect } from "chai";
import {
  defaultEvent,
  defaultMapping,
  mappingOf,
  validateMapping,
} from "../../../../pipelines/mapping/index.ts";
import { AppError } from "../../../../src/kernel/problems.ts";

function codesOf(value: unknown): string[] {
  const result = validateMapping(value);
  return result.kind === "ok" ? [] : result.errors.map((e) => `${e.path} ${e.code}`);
}

describe("validation of mappings", () => {
  it("accepts everything a mapping may say", () => {
    const mapping = {
      format: "csv",
      encoding: "GBK",
      separator: ";",
      quote: '"',
      header: false,
      columns: ["card", "when", "amount", "kind"],
      comment: "#",
      dateFormats: ["dd/MM/yyyy", "ISO"],
      timeZone: "Asia/Taipei",
      decimal: ",",
      thousands: ".",
      currencySymbols: ["NT$"],
      currency: "TWD",
      event: "sale",
      fields: {
        memberCard: "card",
        occurredAt: { column: "when", format: "yyyyMMdd" },
        amount: { column: "amount", negate: true, required: true },
        storeId: { const: "S1" },
        kind: { column: "kind", transform: "upper", map: { "1": "sale" }, default: "sale" },
        "traits.tier": { columns: ["card", "kind"], join: "-" },
        "properties.note": { path: "a.b" },
      },
      identifiers: [
        { kind: "crm_id", columns: ["card", "when"], namespace: "crm", verified: true, transform: ["upper"] },
      ],
      ids: { messageId: ["card", "when"], content: ["card"], receipts: "daily" },
      return: { when: { column: "kind", matches: "^(R|退)" } },
      void: {
        when: [
          { column: "kind", equals: ["V", "X"] },
          { column: "amount", below: 0, above: -1 },
        ],
      },
      delete: { when: { column: "kind", empty: true } },
      skip: [{ when: { column: "kind", equals: "T" }, reason: "test sales" }],
      emptyMark: "NULL",
    };
    expect(validateMapping(mapping)).to.deep.equal({ kind: "ok", mapping });
  });

  it("names each fault by its place and never repeats a value", () => {
    const result = validateMapping({
      fields: { memberCard: "card", colour: "secret-value", amount: { column: "a", const: 1 } },
      encoding: "secret-value",
      timeZone: "Mars/Secret",
      dateFormats: ["secret"],
      decimal: ",",
      thousands: ",",
      identifiers: [{ kind: "x" }],
      return: { when: { column: "k", matches: "(a+)+$" } },
      skip: [{ when: { column: "k" }, reason: "r" }],
    });
    expect(result.kind).to.equal("bad");
    expect(JSON.stringify(result)).not.to.match(/secret-value|Mars|\(a\+\)/);
    expect(codesOf({ ...{ fields: { colour: "c" } } })).to.deep.equal(["/fields/colour unknown-field"]);
    if (result.kind === "bad") {
      expect(result.errors.map((e) => e.path)).to.have.members([
        "/encoding",
        "/timeZone",
        "/thousands",
        "/dateFormats/0",
        "/fields/colour",
        "/fields/amount",
        "/identifiers/0",
        "/return/when/matches",
        "/skip/0/when",
      ]);
    }
  });

  it("refuses unknown keys and wrong types where they stand", () => {
    expect(codesOf({ fields: {}, colour: 1 })).to.deep.equal(["/colour additionalProperties"]);
    expect(codesOf({ encoding: "gb18030" }), "well-known names fill the fields").to.deep.equal([]);
    expect(codesOf({ fields: { amount: { column: "a", colour: 1 } } })).to.deep.equal([
      "/fields/amount/colour additionalProperties",
    ]);
    expect(codesOf({ fields: { amount: 5 } }).length).to.be.greaterThan(0);
    for (const value of [null, 1, "x", []]) expect(codesOf(value).length, String(value)).to.be.greaterThan(0);
  });

  it("throws invalid-mapping for what is stored and is none, and knows a source without one", () => {
    expect(mappingOf({ mapping: null })).to.equal(null);
    expect(() => mappingOf({ mapping: { fields: 1 } }))
      .to.throw(AppError)
      .with.property("code", "invalid-mapping");
  });
});

describe("default mappings", () => {
  it("finds fields by well-known names in English, 简体 and 繁體, however they are written", () => {
    const spellings = [
      ["member_card", "store_id", "amount", "quantity", "occurred_at", "receipt_no", "mobile"],
      ["memberCard", "storeId", "Amount", "Quantity", "occurredAt", "receiptNo", "Mobile"],
      ["Member Card", "Store", "AMOUNT", "Qty", "Date Time", "Invoice No", "Phone-Number"],
      ["会员卡号", "门店", "金额", "数量", "时间", "小票号", "手机"],
      ["會員卡號", "門市", "金額", "數量", "時間", "發票號碼", "手機"],
    ];
    for (const [card, store, amount, quantity, at, receipt, phone] of spellings) {
      const columns = [card, store, amount, quantity, at, receipt, phone] as string[];
      expect(defaultMapping(columns, "sale").fields).to.deep.equal({
        occurredAt: at,
        storeId: store,
        receiptNo: receipt,
        quantity,
        amount,
        memberCard: card,
        phone,
      });
    }
  });

  it("knows members and answers too, and takes a bare id for a person only on lists of people", () => {
    expect(defaultMapping(["id", "姓名", "生日", "已刪除"], "member").fields).to.deep.equal({
      userId: "id",
      name: "姓名",
      birthday: "生日",
      deleted: "已刪除",
    });
    expect(
      defaultMapping(["id", "email", "评分", "题型", "意见", "answered_at"], "survey").fields,
    ).to.deep.equal({
      occurredAt: "answered_at",
      questionKind: "题型",
      score: "评分",
      comment: "意见",
      email: "email",
    });
  });

  it("reads a source's kind as what its rows tell of", () => {
    expect([defaultEvent("pos", []), defaultEvent("members", []), defaultEvent("survey", [])]).to.deep.equal([
      "sale",
      "member",
      "survey",
    ]);
    expect([defaultEvent("web", ["id", "Event Name"]), defaultEvent("web", ["id"])]).to.deep.equal([
      "track",
      "identify",
    ]);
  });
});
