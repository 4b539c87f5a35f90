import type { SourceKind } from "../adapter.ts";
import type { FileMapping, RowEvent } from "./mapping.schema.ts";
import { ROW_FIELDS } from "./row-fields.ts";
import type { Target } from "./targets.ts";

/** Well-known names of columns, folded: lower case, without spaces, hyphens, dots and underscores. */
const NAMES: Readonly<Partial<Record<Target, readonly string[]>>> = {
  memberCard: [
    ..."membercard card membercardno membercardnumber cardno cardnumber loyaltycard memberid memberno membernumber".split(
      " ",
    ),
    ..."customerid customerno customernumber 会员卡号 會員卡號 会员号 會員編號 会员编号 會員號碼 卡号 卡號".split(
      " ",
    ),
  ],
  userId: [..."userid uid id 用户id 用戶id 使用者id".split(" ")],
  email: [..."email emailaddress mail 邮箱 電子郵件 电子邮件 電郵 信箱 邮件".split(" ")],
  phone: [
    ..."phone phonenumber mobile mobilephone mobilenumber tel telephone cellphone".split(" "),
    ..."手机 手機 手机号 手機號碼 手机号码 电话 電話".split(" "),
  ],
  wechatOpenid: [..."openid wechatopenid 微信openid".split(" ")],
  wechatUnionid: [..."unionid wechatunionid 微信unionid".split(" ")],
  lineUserId: [..."lineuserid lineid".split(" ")],
  anonymousId: [..."anonymousid".split(" ")],
  occurredAt: [
    ..."occurredat timestamp time datetime date transactiontime transactiondate saletime saledate orderdate".split(
      " ",
    ),
    ..."ordertime invoicedate purchasedate answeredat respondedat submittedat".split(" "),
    ..."时间 時間 日期 交易时间 交易時間 销售时间 銷售時間 交易日期 消费时间 消費時間 下单时间 答题时间 填寫時間".split(
      " ",
    ),
  ],
  storeId: [
    ..."storeid store storeno storecode shop shopid branch branchid 门店 門市 门店编号 門市代號 店号 店號 分店".split(
      " ",
    ),
  ],
  tillId: [
    ..."tillid till tillno posid posno terminal terminalid register 收银机 收銀機 机号 機號 款台".split(" "),
  ],
  receiptNo: [
    ..."receiptno receipt receiptnumber receiptid invoiceno invoice invoicenumber ticketno ticket".split(" "),
    ..."transactionid 小票号 小票號 流水号 流水號 发票号码 發票號碼 单号 單號 交易序號".split(" "),
  ],
  orderId: [..."orderid orderno ordernumber 订单号 訂單編號 订单编号 訂單號碼".split(" ")],
  line: [..."line lineno linenumber itemno seq 行号 行號 序号 序號 项次 項次".split(" ")],
  productId: [
    ..."productid product sku stockcode itemcode itemid barcode plu 商品编码 商品編號 商品编号 条码 條碼 货号 貨號".split(
      " ",
    ),
  ],
  productName: [..."productname itemname description 商品名称 商品名稱 品名 品項".split(" ")],
  category: [..."category productcategory department 品类 品類 类别 類別 分类 分類".split(" ")],
  quantity: [..."quantity qty units count numberofcds 数量 數量 件数 件數".split(" ")],
  unitPrice: [..."unitprice price 单价 單價".split(" ")],
  amount: [
    ..."amount lineamount linetotal value dollarvalue 金额 金額 小计 小計 实收金额 實收金額 销售额 銷售額".split(
      " ",
    ),
  ],
  total: [..."total ordertotal receipttotal 合计 合計 总额 總額 总金额 總金額".split(" ")],
  currency: [..."currency currencycode 币种 幣別 货币 貨幣".split(" ")],
  kind: [..."kind type transactiontype saletype 类型 類型 交易类型 交易類型 交易別".split(" ")],
  cashierId: [..."cashierid cashier operator 收银员 收銀員".split(" ")],
  originalReceiptNo: [
    ..."originalreceiptno originalreceipt originalinvoice 原小票号 原小票號 原發票號碼 原单号 原單號".split(
      " ",
    ),
  ],
  tender: [..."tender paymentmethod payment paytype 支付方式 付款方式".split(" ")],
  discount: [..."discount 折扣 折讓 优惠 優惠".split(" ")],
  tax: [..."tax vat 税额 稅額".split(" ")],
  coupon: [..."coupon couponcode 优惠券 優惠券".split(" ")],
  firstName: [..."firstname givenname 名".split(" ")],
  lastName: [..."lastname surname familyname 姓".split(" ")],
  name: [..."name fullname membername customername 姓名 名字 会员姓名 會員姓名".split(" ")],
  birthday: [..."birthday birthdate dateofbirth dob 生日 出生日期".split(" ")],
  gender: [..."gender sex 性别 性別".split(" ")],
  address: [..."address 地址".split(" ")],
  city: [..."city town 城市 縣市".split(" ")],
  postcode: [..."postcode postalcode zip zipcode 邮编 郵遞區號".split(" ")],
  country: [..."country countrycode 国家 國家".split(" ")],
  language: [..."language locale 语言 語言".split(" ")],
  joinedAt: [
    ..."joinedat joindate membersince registeredat createdat 入会日期 入會日期 注册时间 註冊時間".split(" "),
  ],
  updatedAt: [..."updatedat lastupdated modifiedat 更新时间 更新時間".split(" ")],
  deleted: [..."deleted isdeleted todelete delete 删除 刪除 已删除 已刪除 是否注销 是否註銷".split(" ")],
  eventName: [..."event eventname 事件 事件名称 事件名稱".split(" ")],
  questionKind: [..."questionkind questiontype kind type 题型 題型".split(" ")],
  score: [..."score rating answer 评分 評分 分数 分數 打分".split(" ")],
  scaleMin: [..."scalemin minscore".split(" ")],
  scaleMax: [..."scalemax maxscore".split(" ")],
  comment: [..."comment comments feedback remark 评论 評論 意见 意見 留言 备注 備註".split(" ")],
  surveyId: [..."surveyid survey 问卷 問卷 问卷编号 問卷編號".split(" ")],
  questionId: [..."questionid question 题目 題目 题号 題號".split(" ")],
  answerId: [..."answerid responseid submissionid 答卷编号 答卷編號".split(" ")],
};

const PERSON: readonly Target[] = [
  ...(["memberCard", "userId", "email", "phone", "wechatOpenid", "wechatUnionid", "lineUserId"] as const),
  ...(["anonymousId", "firstName", "lastName", "name", "birthday", "gender", "address", "city"] as const),
  ...(["postcode", "country", "language"] as const),
];
/** Which fields are looked for among the columns, in this order: a column fills the first that knows its name. */
const TARGETS: Readonly<Record<RowEvent, readonly Target[]>> = {
  sale: [...ROW_FIELDS.sale, ...PERSON],
  member: [...PERSON, "joinedAt", "updatedAt", "deleted"],
  identify: [...PERSON, "joinedAt", "updatedAt"],
  survey: [...ROW_FIELDS.survey, ...PERSON],
  track: ["occurredAt", "eventName", ...PERSON],
};

/**
 * What a row of a source tells of unless its mapping says otherwise. A web or social table without a column that
 * names happenings is a table of people.
 */
export function defaultEvent(kind: SourceKind, columns: readonly string[]): RowEvent {
  if (kind === "pos") return "sale";
  if (kind === "survey") return "survey";
  if (kind === "members") return "member";
  return columns.some((c) => NAMES.eventName?.includes(fold(c))) ? "track" : "identify";
}

function fold(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_.\-/()]+/g, "");
}

/**
 * A mapping by well-known column names (snake, camel and spaced; English, 简体, 繁體), for a source that states none.
 * Each column fills one field and each field takes its best-known name; other columns stay unmapped.
 */
export function defaultMapping(columns: readonly string[], event: RowEvent): FileMapping {
  const fields: Record<string, string> = {};
  const free = new Map<string, string>();
  for (const column of columns) if (!free.has(fold(column))) free.set(fold(column), column);
  for (const target of TARGETS[event]) {
    const name = (NAMES[target] ?? []).find(
      (n) => free.has(n) && (n !== "id" || event === "member" || event === "identify"),
    );
    if (name === undefined) continue;
    fields[target] = free.get(name) as string;
    free.delete(name);
  }
  return { event, fields };
}
