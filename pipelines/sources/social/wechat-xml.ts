import { XMLParser, XMLValidator } from "fast-xml-parser";

/** A WeChat message as texts; numbers are never made of them, so 64-bit ids survive. */
export type XmlFields = { readonly [name: string]: XmlValue };
export type XmlValue = string | XmlFields | readonly XmlValue[];

const CDATA = "#cdata";
const TEXT = "#text";
const MAX_DEPTH = 8;

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: CDATA,
  maxNestedTags: MAX_DEPTH,
});

/**
 * Reads `<xml>…</xml>` into fields; null for anything that is not such a document.
 *
 * Document type declarations, comments and processing instructions are refused before parsing, so there are no entities
 * to expand and none to fetch; of references only the five predefined ones and character numbers are read, each
 * once. The caller limits the size.
 */
export function parseWechatXml(xml: string): XmlFields | null {
  if (hasMarkup(xml)) return null;
  try {
    if (XMLValidator.validate(xml) !== true) return null;
    const document: unknown = parser.parse(xml);
    if (!isRecord(document) || Object.keys(document).length !== 1) return null;
    const root = readNode(document.xml);
    return typeof root === "object" && !Array.isArray(root) ? (root as XmlFields) : null;
  } catch {
    // The parser throws on what it cannot read, on names such as __proto__ and on too deep nesting.
    return null;
  }
}

/**
 * The text of the first element of this name that stands outside any CDATA section (where a follower could have
 * typed one); null when there is none. Linear and cheap: used before the signature is known to be right.
 */
export function findElementText(xml: string, name: string): string | null {
  const open = `<${name}>`;
  for (let at = xml.indexOf("<"); at !== -1; at = xml.indexOf("<", at + 1)) {
    if (xml.startsWith("<![CDATA[", at)) {
      at = xml.indexOf("]]>", at);
      if (at === -1) return null;
    } else if (xml.startsWith(open, at)) {
      const end = xml.indexOf(`</${name}>`, at);
      if (end === -1) return null;
      const inner = xml.slice(at + open.length, end).trim();
      return inner.startsWith("<![CDATA[") && inner.endsWith("]]>") ? inner.slice(9, -3) : inner;
    }
  }
  return null;
}

/** Writes fields as WeChat does: texts in CDATA, one element per field. Used to make demo and test deliveries. */
export function buildWechatXml(fields: XmlFields): string {
  return `<xml>${elements(fields)}</xml>`;
}

function elements(fields: XmlFields): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      const values = Array.isArray(value) ? (value as readonly XmlValue[]) : [value as XmlValue];
      return values.map((v) => `<${name}>${content(v)}</${name}>`).join("");
    })
    .join("");
}

function content(value: XmlValue): string {
  if (typeof value !== "string") return Array.isArray(value) ? "" : elements(value as XmlFields);
  return /^\d+$/.test(value) ? value : `<![CDATA[${value.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}

/** Whether there is a declaration, comment or instruction outside CDATA, beside a leading XML declaration. */
function hasMarkup(xml: string): boolean {
  const start = xml.trimStart();
  const body = start.startsWith("<?xml ") ? start.slice(Math.max(0, start.indexOf("?>"))) : start;
  for (let at = body.indexOf("<"); at !== -1; at = body.indexOf("<", at + 1)) {
    if (body.startsWith("<![CDATA[", at)) {
      at = body.indexOf("]]>", at);
      if (at === -1) return true;
    } else if (body[at + 1] === "!" || body[at + 1] === "?") return true;
  }
  return false;
}

function readNode(node: unknown): XmlValue {
  if (typeof node === "string") return decodeReferences(node).trim();
  if (Array.isArray(node)) return node.map(readNode);
  if (!isRecord(node)) return "";
  const names = Object.keys(node).filter((name) => name !== CDATA && name !== TEXT);
  const text = typeof node[TEXT] === "string" ? node[TEXT].trim() : "";
  if (CDATA in node) {
    // CDATA among other content: the order is lost, and WeChat never sends it.
    if (names.length > 0 || text !== "") throw new SyntaxError("mixed content");
    return [node[CDATA]].flat().map(String).join("");
  }
  if (text !== "") throw new SyntaxError("mixed content");
  return Object.fromEntries(names.map((name) => [name, readNode(node[name])]));
}

const PREDEFINED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decodeReferences(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g,
    (whole, dec, hex, name) => {
      if (name !== undefined) return PREDEFINED[name] ?? whole;
      const code = dec !== undefined ? Number(dec) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
