import type { CodeWords } from "./code-words.ts";
import { TRAITS } from "./traits.ts";

/** What a column of a file may fill, beside what is known of a person anyway. */
const HAPPENINGS: CodeWords = {
  memberId: ["member number", "会员号", "會員編號"],
  userId: ["user number", "用户号", "使用者編號"],
  anonymousId: ["browser", "浏览器标识", "瀏覽器識別碼"],
  deviceId: ["device", "设备标识", "裝置識別碼"],
  occurredAt: ["when it happened", "发生时间", "發生時間"],
  updatedAt: ["when it was changed", "更新时间", "更新時間"],
  deleted: ["is deleted", "是否删除", "是否刪除"],
  eventName: ["event", "事件", "事件"],
  storeId: ["store", "门店", "門市"],
  tillId: ["till", "收银机", "收銀機"],
  receiptNo: ["receipt number", "小票号", "收據號碼"],
  orderId: ["order number", "订单号", "訂單編號"],
  line: ["line of the receipt", "行号", "項次"],
  productId: ["product", "商品编号", "商品編號"],
  productName: ["name of the product", "商品名称", "商品名稱"],
  category: ["product category", "商品类别", "商品類別"],
  quantity: ["quantity", "数量", "數量"],
  unitPrice: ["price of one", "单价", "單價"],
  amount: ["amount of the line", "行金额", "單項金額"],
  total: ["total", "合计", "合計"],
  currency: ["currency", "货币", "貨幣"],
  cashierId: ["cashier", "收银员", "收銀員"],
  kind: ["sale, return or void", "销售、退货或作废", "銷售、退貨或作廢"],
  originalReceiptNo: ["receipt that it returns", "原小票号", "原收據號碼"],
  originalOrderId: ["order that it returns", "原订单号", "原訂單編號"],
  originalStoreId: ["store of what it returns", "原门店", "原門市"],
  originalTillId: ["till of what it returns", "原收银机", "原收銀機"],
  originalDate: ["day of what it returns", "原购买日期", "原購買日期"],
  tender: ["how it was paid", "付款方式", "付款方式"],
  discount: ["discount", "折扣", "折扣"],
  tax: ["tax", "税额", "稅額"],
  coupon: ["coupon", "优惠券", "優惠券"],
  questionKind: ["kind of question", "题目类型", "題目類型"],
  score: ["score", "评分", "評分"],
  scaleMin: ["lowest score", "最低分", "最低分"],
  scaleMax: ["highest score", "最高分", "最高分"],
  comment: ["comment", "评论", "評論"],
  surveyId: ["survey", "问卷", "問卷"],
  questionId: ["question", "题目", "題目"],
  answerId: ["answer's number", "答卷编号", "答卷編號"],
};

/** Fields that a column of a file may fill. */
export const ROW_FIELD_WORDS: CodeWords = { ...TRAITS, ...HAPPENINGS };
