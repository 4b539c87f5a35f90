/**
 * Values that programs and clerks write where nobody is known. They name nobody, so they never become evidence:
 * one `anonymous` typed for everybody would join everybody. Compared without case, width and outer white space.
 */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  // what programs write
  "null",
  "(null)",
  "<null>",
  "undefined",
  "(undefined)",
  "none",
  "(none)",
  "nil",
  "nan",
  "true",
  "false",
  "[object object]",
  "#n/a",
  "#null!",
  "#ref!",
  "(not set)",
  "not set",
  "(blank)",
  "(empty)",
  "empty",
  // what people write
  "na",
  "n/a",
  "n.a.",
  "n.a",
  "unknown",
  "unkown",
  "anonymous",
  "anon",
  "guest",
  "test",
  "testing",
  "tester",
  "no response",
  "no-response",
  "noresponse",
  "not provided",
  "not available",
  "not applicable",
  "no email",
  "no phone",
  "walk-in",
  "walk in",
  "walkin",
  // Chinese, simplified and traditional
  "无",
  "無",
  "空",
  "暂无",
  "暫無",
  "没有",
  "沒有",
  "匿名",
  "匿名用户",
  "匿名用戶",
  "未知",
  "不明",
  "不详",
  "不詳",
  "未填",
  "未填写",
  "未填寫",
  "未提供",
  "未设置",
  "未設定",
  "未回答",
  "测试",
  "測試",
  "访客",
  "訪客",
  "游客",
  "遊客",
  "散客",
  "路人",
  "非会员",
  "非會員",
  "无会员",
  "無會員",
]);

const ZEROS = /^[0\p{Pd}]*$/u;
const MINUS_ONE = /^\p{Pd}1(?:\.0+)?$/u;
const NO_LETTER_OR_DIGIT = /^[^\p{L}\p{N}]*$/u;
const INVISIBLE = /\p{Cf}/gu;
const SIMPLE = /^[!-~]+(?: [!-~]+)*$/;
const LATIN_LETTER = /[a-z]/;

/** The spelling under which blocked values are compared. */
export function foldForBlocking(value: string): string {
  // Most values are plain ASCII without odd spaces: all but the case stays.
  if (SIMPLE.test(value)) return value.toLowerCase();
  return value.normalize("NFKC").replace(INVISIBLE, "").replace(/\s+/g, " ").trim().toLowerCase();
}

function isPlaceholder(folded: string): boolean {
  if (LATIN_LETTER.test(folded)) return PLACEHOLDERS.has(folded);
  return (
    ZEROS.test(folded) ||
    MINUS_ONE.test(folded) ||
    NO_LETTER_OR_DIGIT.test(folded) ||
    PLACEHOLDERS.has(folded)
  );
}

/** `test@test.com`, `null@none`: an address made of placeholders on both sides names nobody either. */
function isPlaceholderAddress(folded: string): boolean {
  const at = folded.lastIndexOf("@");
  if (at < 1) return false;
  const [name = ""] = folded.slice(at + 1).split(".", 1);
  return !NO_LETTER_OR_DIGIT.test(name) && isPlaceholder(name) && isPlaceholder(folded.slice(0, at));
}

/** Whether a value, folded by `foldForBlocking`, names nobody. Identifiers of every kind share one list. */
export function isPlaceholderValue(kind: string, folded: string): boolean {
  if (isPlaceholder(folded)) return true;
  if (kind === "email") return isPlaceholderAddress(folded);
  return kind === "phone" && ZEROS.test(folded.replace(/[\s+().]/g, ""));
}
