import { expect } from "chai";
import fc from "fast-check";
import iconv from "iconv-lite";
import { BAD_TEXT, decodeText, type Encoding, findEncoding } from "../../../../pipelines/files/decode.ts";
import { AppError } from "../../../../src/kernel/problems.ts";
import { bytesOf, collect } from "./builders.ts";

async function decode(bytes: Buffer, stated: Encoding | null, size = 1_000_000) {
  const decoded = decodeText(bytesOf(bytes, size), stated);
  const text = (await collect(decoded.chunks)).join("");
  return { text, encoding: decoded.encoding() };
}

async function faultOf(bytes: Buffer, stated: Encoding | null = null): Promise<AppError> {
  try {
    await decode(bytes, stated);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("decoded without a fault");
}

const CHINESE = "会员卡号,门店,金额\nA1,台北一店,12.50\nB2,上海南京路,8\n";
const TRADITIONAL = "會員卡號,門市,金額\nA1,台北一店,12.50\nB2,高雄門市,8\n";

describe("decoding of files", () => {
  it("reads UTF-8 without being told, and pure ASCII as UTF-8", async () => {
    expect(await decode(Buffer.from(CHINESE), null)).to.deep.equal({ text: CHINESE, encoding: "utf-8" });
    expect((await decode(Buffer.from("a,b\n"), "big5")).encoding).to.equal("utf-8");
    expect(await decode(Buffer.alloc(0), null)).to.deep.equal({ text: "", encoding: "utf-8" });
  });

  it("lets UTF-8 win over another stated encoding when the bytes are strict UTF-8", async () => {
    expect(await decode(Buffer.from(CHINESE), "gb18030")).to.deep.equal({ text: CHINESE, encoding: "utf-8" });
  });

  it("follows every byte order mark, whatever is stated, and drops it", async () => {
    const marked: [Encoding, Buffer][] = [
      ["utf-8", Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(CHINESE)])],
      ["utf-16le", Buffer.concat([Buffer.of(0xff, 0xfe), iconv.encode(CHINESE, "utf16le")])],
      ["utf-16be", Buffer.concat([Buffer.of(0xfe, 0xff), iconv.encode(CHINESE, "utf16be")])],
      ["gb18030", Buffer.concat([Buffer.of(0x84, 0x31, 0x95, 0x33), iconv.encode(CHINESE, "gb18030")])],
    ];
    for (const [encoding, bytes] of marked) {
      expect(await decode(bytes, "big5")).to.deep.equal({ text: CHINESE, encoding });
    }
  });

  it("refuses UTF-32 and unmarked UTF-16 with a sentence that asks", async () => {
    const utf32 = Buffer.concat([Buffer.of(0xff, 0xfe, 0, 0), Buffer.from("a\0\0\0", "latin1")]);
    expect((await faultOf(utf32)).code).to.equal("unknown-encoding");
    const fault = await faultOf(iconv.encode("a,b\n1,2\n", "utf16le"));
    expect(fault.code).to.equal("unknown-encoding");
    expect(fault.detail).to.contain("utf-16le");
  });

  it("asks for the encoding and names the line when the bytes are not UTF-8 and nothing is stated", async () => {
    const fault = await faultOf(Buffer.concat([Buffer.from("a,b\n1,2\n"), iconv.encode("会员,1\n", "gbk")]));
    expect(fault.code).to.equal("unknown-encoding");
    expect(fault.detail).to.contain("Line 3");
    expect(fault.detail).to.contain("gb18030");
  });

  it("takes the stated encoding when nothing but ASCII came before the first invalid byte", async () => {
    const ascii = `${"plain,row\n".repeat(200_000)}`;
    const bytes = Buffer.concat([Buffer.from(ascii), iconv.encode("会员,台北\n", "gbk")]);
    const read = await decode(bytes, "gb18030", 64 * 1024);
    expect(read.encoding).to.equal("gb18030");
    expect(read.text).to.equal(`${ascii}会员,台北\n`);
  });

  it("is not fooled by GBK whose first character happens to be valid UTF-8", async () => {
    // 模 is C4 A3 in GBK, which UTF-8 reads as one Latin letter.
    const text = "id,模\n1,会员卡\n2,金额\n";
    expect(await decode(iconv.encode(text, "gbk"), "gb18030")).to.deep.equal({ text, encoding: "gb18030" });
    expect((await faultOf(iconv.encode(text, "gbk"))).code).to.equal("unknown-encoding");
  });

  it("marks broken lines of a UTF-8 file and keeps their neighbours, whatever is stated", async () => {
    const bytes = Buffer.concat([
      Buffer.from("卡号,名\n1,王\n"),
      iconv.encode("2,李四\n", "gbk"),
      Buffer.from("3,张\n"),
    ]);
    for (const stated of [null, "gb18030", "utf-8"] as const) {
      const { text, encoding } = await decode(bytes, stated);
      const lines = text.split("\n");
      expect(encoding).to.equal("utf-8");
      expect(lines[1]).to.equal("1,王");
      expect(lines[2]).to.contain(BAD_TEXT);
      expect(lines[3]).to.equal("3,张");
    }
  });

  it("marks invalid bytes and cut characters of Big5, GB18030 and UTF-16", async () => {
    const broken = Buffer.concat([Buffer.from("a,"), Buffer.of(0xff, 0x2c), iconv.encode("會\n", "big5")]);
    expect((await decode(broken, "big5")).text).to.equal(`a,${BAD_TEXT},會\n`);
    const cut = iconv.encode("会员", "gbk").subarray(0, 3);
    expect((await decode(cut, "gb18030")).text).to.equal(`会${BAD_TEXT}`);
    const odd = Buffer.concat([Buffer.of(0xff, 0xfe), iconv.encode("a", "utf16le"), Buffer.of(0x41)]);
    expect((await decode(odd, null)).text).to.equal(`a${BAD_TEXT}`);
    expect((await decode(Buffer.of(0x61, 0xe4, 0xb8), "utf-8")).text).to.equal(`a${BAD_TEXT}`);
  });

  it("knows the usual names of encodings", () => {
    expect(["GBK", "gb2312", "Big5", "UTF8", "utf-16", "latin1"].map(findEncoding)).to.deep.equal([
      "gb18030",
      "gb18030",
      "big5",
      "utf-8",
      "utf-16le",
      null,
    ]);
  });

  it("gives the same text and the same decision wherever the stream is cut", async () => {
    const cases: [Buffer, Encoding | null][] = [
      [Buffer.from(`a,b\n${CHINESE}😀`), null],
      [iconv.encode(`a,b\n${CHINESE}`, "gbk"), "gb18030"],
      [iconv.encode(`𠮷${CHINESE}`, "gb18030"), "gb18030"],
      [iconv.encode(`a,b\n${TRADITIONAL}`, "big5"), "big5"],
      [iconv.encode(`${CHINESE}😀`, "utf16le"), "utf-16le"],
      [iconv.encode(`${CHINESE}😀`, "utf16be"), "utf-16be"],
      [Buffer.concat([Buffer.from("卡\n"), iconv.encode("李四\n", "gbk"), Buffer.from("x\n")]), "gb18030"],
    ];
    for (const [bytes, stated] of cases) {
      const whole = await decode(bytes, stated);
      for (let size = 1; size <= 9; size++) {
        expect(await decode(bytes, stated, size), `${stated} by ${size}`).to.deep.equal(whole);
      }
    }
  });

  it("reads back every text of an encoding's own characters, at any cut", async () => {
    const han = fc.string({
      unit: fc.constantFrom(..."一丁会员金額门市台北陳王123,;\n\t abcAZ€"),
      minLength: 1,
    });
    const encodings: Encoding[] = ["utf-8", "gb18030", "utf-16le", "utf-16be"];
    await fc.assert(
      fc.asyncProperty(
        han,
        fc.constantFrom(...encodings),
        fc.integer({ min: 1, max: 9 }),
        async (t, e, size) => {
          // Lines of only two-byte sequences would be read as UTF-8 first, which is what the order of rules says.
          const text = `会员\n${t}`;
          const mark =
            e === "utf-16le" ? Buffer.of(0xff, 0xfe) : e === "utf-16be" ? Buffer.of(0xfe, 0xff) : Buffer.of();
          const name = e === "utf-16le" ? "utf16le" : e === "utf-16be" ? "utf16be" : e;
          const read = await decode(Buffer.concat([mark, iconv.encode(text, name)]), e, size);
          expect(read).to.deep.equal({ text, encoding: e });
        },
      ),
      { numRuns: 100 },
    );
  });
});
